/**
 * The shapes of the REST API, as far as all rooms share them; a room's own stand in types/. Money is integer kopecks, instants are
 * ISO 8601 UTC, days are YYYY-MM-DD.
 */
import type { ScenarioState } from "./types/scenarios";

export type Kopecks = number;
export type IsoInstant = string;
export type IsoDay = string;
export type Language = "en" | "ru";
export type ThemeChoice = "light" | "dark" | "auto";

export type Right =
  | "scenario.read"
  | "scenario.edit"
  | "scenario.submit"
  | "scenario.review"
  | "scenario.pause"
  | "template.read"
  | "template.edit"
  | "loan.read"
  | "loan.all"
  | "person.read"
  | "loan.issue"
  | "loan.confirm"
  | "application.read"
  | "application.decide"
  | "borrower.edit"
  | "loan.amend"
  | "loan.approve"
  | "product.read"
  | "product.edit"
  | "payment.record"
  | "payment.reverse"
  | "incoming.read"
  | "signal.record"
  | "contact.stop"
  | "policy.read"
  | "policy.edit"
  | "policy.approve"
  | "contact.edit"
  | "lending.allow"
  | "import.read"
  | "import.run"
  | "job.all"
  | "job.work"
  | "task.read"
  | "task.all"
  | "task.work"
  | "task.assign"
  | "outbox.read"
  | "outbox.work"
  | "inquiry.read"
  | "inquiry.ask"
  | "inquiry.report"
  | "audit.read"
  | "engine.read"
  | "engine.retry"
  | "admin";

export interface Problem {
  code: string;
  text: string;
  node?: string | null;
  field?: string | null;
  row?: number | null;
  severity?: "error" | "warning" | null;
}

export interface Page<Item> {
  items: Item[];
  total: number;
  /** The list is longer than `total`, which nobody counted to the end. */
  more: boolean;
  page: number;
  size: number;
}

/** Something that an administrator fills in about an outside system. */
export interface SettingField {
  key: string;
  title: string;
  help: string | null;
  secret: boolean;
  flag: boolean;
  required: boolean;
  /** Null for a secret, which never comes back. */
  value: string | null;
  /** A secret is there. */
  known: boolean;
}

export interface Named {
  id: number;
  name: string;
}

/** A borrower; the name is hidden from those who may not see persons. */
export interface PersonNamed {
  id: number;
  name: string | null;
}

export interface Me {
  user: { name: string; full_name: string; roles: string[]; language: Language | null; theme: ThemeChoice | null };
  rights: Right[];
  csrf: string;
  settings: { time_zone: string; demo: boolean; version: string; upload_megabytes: number };
}

export interface NodeRef {
  key: string | null;
  label: string | null;
}

export interface SearchAnswer {
  loans: { id: number; external_id: string; borrower: PersonNamed; dpd: number; overdue: Kopecks }[];
  scenarios: { id: number; key: string; name: string; state: ScenarioState }[];
  tasks: { id: number; title: string; state: string; borrower: PersonNamed }[];
  borrowers: (PersonNamed & { external_id: string })[];
}
