/** Scenarios, their versions and reviews. */
import type { IsoInstant, Kopecks, Problem } from "../types";

export type ScenarioState = "draft" | "live" | "paused" | "archived";

/** The document that the canvas draws and the engine runs; its inside belongs to the builder. */
export interface ScenarioDocument {
  format: number;
  name: string;
  settings: Record<string, unknown>;
  nodes: { id: string; type: string; position: { x: number; y: number }; data: { label: string; params: Record<string, unknown> } }[];
  edges: { id: string; source: string; sourceHandle: string; target: string; targetHandle: string }[];
  notes: unknown[];
}

export interface NodeAnalysis {
  sentence: string;
  ports: { key: string; title: string; required: boolean }[];
}

export interface Analysis {
  problems: Problem[];
  nodes: Record<string, NodeAnalysis>;
  publishable: boolean;
}

export interface ScenarioListItem {
  id: number;
  key: string;
  name: string;
  state: ScenarioState;
  pause_reason: string | null;
  live_version: { id: number; number: number; published_at: IsoInstant | null; published_by: string | null } | null;
  submitted_version: { id: number; number: number; submitted_by: string } | null;
  draft_revision: number;
  draft_by: string;
  draft_at: IsoInstant;
  active_cases: number;
  entered_30d: number;
  paid_30d_cases: number;
  paid_30d_amount: Kopecks;
  nodes: number;
  sparkline: number[];
  problems: number;
  demo: boolean;
}

export interface Scenario {
  id: number;
  key: string;
  name: string;
  state: ScenarioState;
  pause_reason: string | null;
  draft: ScenarioDocument;
  revision: number;
  draft_by: string;
  draft_at: IsoInstant;
  live_version: ScenarioListItem["live_version"];
  submitted_version: ScenarioListItem["submitted_version"];
  analysis: Analysis;
}

export type VersionState = "submitted" | "returned" | "published" | "retired";

export interface VersionItem {
  id: number;
  number: number;
  state: VersionState;
  content_hash: string;
  comment: string;
  submitted_by: string;
  submitted_at: IsoInstant;
  reviewed_by: string | null;
  reviewed_at: IsoInstant | null;
  review_comment: string | null;
  review_node: string | null;
  retired_at: IsoInstant | null;
  active_cases?: number;
}

export interface ReviewItem extends VersionItem {
  scenario: { id: number; key: string; name: string; state: ScenarioState };
  previous?: { id: number; number: number } | null;
}

export interface Version extends ReviewItem {
  document: ScenarioDocument;
  analysis: Analysis;
}
