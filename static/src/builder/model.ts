/** What the server says about a scenario: palette, analysis, numbers, versions (see the API's contract). */
import type { Port, ScenarioDocument } from "./document/types";

export type NodeGroup = "entry" | "logic" | "wait" | "message" | "work" | "action" | "end";

export interface PaletteNode {
  readonly key: string;
  readonly title: string;
  readonly help: string;
  readonly group: NodeGroup;
  readonly icon: string;
  readonly entry: boolean;
  readonly terminal: boolean;
  /** an entry that only a calling step lets loans into */
  readonly called: boolean;
  /** the param that names the scenario which the step sends loans through */
  readonly calls: string | null;
  readonly rests: boolean;
  readonly contact_kind: string | null;
  /** what its message leaves through: sms, email … */
  readonly channel: string | null;
  readonly ports: readonly Port[];
  readonly params_schema: Record<string, unknown>;
  readonly defaults: Record<string, unknown>;
}

export interface Palette {
  readonly groups: readonly { readonly key: NodeGroup; readonly title: string }[];
  readonly nodes: readonly PaletteNode[];
  /** what a message's text may name */
  readonly variables: readonly { readonly key: string; readonly title: string; readonly example: string }[];
  /** what messages can leave through */
  readonly connectors: readonly { readonly key: string; readonly title: string }[];
}

export interface Problem {
  readonly code: string;
  readonly text: string;
  readonly node?: string | null;
  readonly field?: string | null;
  readonly severity: "error" | "warning" | "info";
  /** the one obvious way to mend it, when there is one */
  readonly fix?: Fix | null;
}

/** An edit that the server proposes; see `Fix` of the engine. */
export interface Fix {
  readonly title: string;
  readonly act: "params" | "settings" | "end" | "disconnect" | "insert" | "add";
  readonly values: Readonly<Record<string, unknown>>;
}

export interface NodeAnalysis {
  readonly sentence: string;
  readonly ports: readonly Port[];
}

export interface Analysis {
  readonly problems: readonly Problem[];
  readonly nodes: Readonly<Record<string, NodeAnalysis>>;
  readonly publishable: boolean;
}

export const EMPTY_ANALYSIS: Analysis = { problems: [], nodes: {}, publishable: false };

export interface NodeDay {
  readonly day: string;
  readonly entered: number;
  readonly left: number;
  readonly failed: number;
  readonly paid_cases: number;
  readonly paid_amount: number;
  readonly matured: boolean;
}

/** Money in kopecks. */
export interface NodeNumbers {
  /** cases that stood there when the period began: before + entered = here + left + failed */
  readonly before: number;
  readonly entered: number;
  readonly entered_amount: number;
  readonly here: number;
  readonly left: number;
  readonly failed: number;
  readonly ports: Readonly<Record<string, { readonly cases: number; readonly amount: number }>>;
  readonly paid_cases: number;
  readonly paid_amount: number;
  /** ended there without a payment, though the drawing goes on */
  readonly lost: number;
  /** seconds that those who left had been there, on average */
  readonly dwell: number | null;
  /** the period, and thirty days at least */
  readonly days: readonly NodeDay[];
}

export interface VersionNumbers {
  readonly version_id: number;
  readonly revision: string | number;
  readonly window_days: number;
  readonly from: string;
  readonly to: string;
  /** the first of the days that every node has */
  readonly spark_from: string;
  readonly nodes: Readonly<Record<string, NodeNumbers>>;
  readonly totals: {
    readonly entered: number;
    readonly active: number;
    readonly ended: number;
    readonly paid_cases: number;
    readonly paid_amount: number;
  };
}

export type ScenarioState = "draft" | "live" | "paused" | "archived";

export interface LiveVersion {
  readonly id: number;
  readonly number: number;
  readonly published_at: string | null;
  readonly published_by: string | null;
}

export interface Scenario {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly state: ScenarioState;
  readonly pause_reason: string | null;
  readonly draft: ScenarioDocument;
  readonly revision: number;
  readonly draft_by: string | null;
  readonly draft_at: string | null;
  readonly live_version: LiveVersion | null;
  readonly submitted_version: { readonly id: number; readonly number: number; readonly submitted_by: string } | null;
  readonly analysis: Analysis;
}

export interface VersionRow {
  readonly id: number;
  readonly number: number;
  readonly state: string;
  readonly content_hash: string;
  readonly comment: string | null;
  readonly submitted_by: string | null;
  readonly submitted_at: string | null;
  readonly reviewed_by: string | null;
  readonly reviewed_at: string | null;
  readonly review_comment: string | null;
  readonly review_node: string | null;
  readonly retired_at: string | null;
  readonly active_cases: number;
}

export interface Version extends VersionRow {
  readonly scenario: { readonly id: number; readonly key: string; readonly name: string; readonly state: ScenarioState };
  readonly document: ScenarioDocument;
  readonly analysis: Analysis;
  readonly previous: { readonly id: number; readonly number: number } | null;
}

export interface CaseRow {
  readonly case_id: number;
  readonly loan_id: number;
  readonly loan_external_id: string;
  readonly borrower_name: string;
  readonly dpd: number;
  readonly overdue: number;
  readonly entered_at: string;
  readonly due_at: string | null;
  readonly error: string | null;
}
