/** How the engine is. */
import type { IsoInstant, Named, NodeRef } from "../types";
import type { Home } from "./home";

export interface EngineProcess {
  process: string;
  started_at: IsoInstant;
  seen_at: IsoInstant;
  last_tick_at: IsoInstant | null;
  last_tick_ms: number | null;
  last_error: string | null;
  /** Transactions done again since it started. */
  retries: number;
  alive: boolean;
  leads: boolean;
}

/** What one stage of the tick did in 24 hours, and in the last five minutes. */
export interface EngineStage {
  stage: string;
  batches: number;
  cases: number;
  messages: number;
  micros: number;
  slowest_micros: number;
  lately_cases: number;
  lately_micros: number;
}

/** How many cases of a group go on, and why others do not. */
export interface Retried {
  retried: number;
  busy: number;
  unfit: number;
}

/** Cases set aside at one step for one reason. */
export interface SetAsideGroup {
  version_id: number;
  node_id: number;
  error: string;
  cases: number;
  first_at: IsoInstant | null;
  last_at: IsoInstant | null;
  scenario: Named;
  node: NodeRef;
}

export interface EngineBatch {
  id: number;
  kind: string;
  version_id: number | null;
  scenario: Named | null;
  at: IsoInstant;
  cases: number;
  messages: number;
  micros: number | null;
  error: string | null;
}

/** A case that the engine put aside so that the others could go on. */
export interface SetAsideCase {
  case_id: number;
  loan_id: number;
  loan_external_id: string;
  scenario: Named;
  version_id: number;
  node: NodeRef;
  entered_at: IsoInstant;
  failed_at: IsoInstant | null;
  error: string | null;
}

export interface EngineState {
  state: Home["engine"]["state"];
  seen_at: IsoInstant | null;
  leader: string | null;
  processes: EngineProcess[];
  lag_seconds: number;
  due_cases: number;
  waiting_cases: number;
  queued_messages: number;
  outbox_most: number;
  outbox_full: boolean;
  waiting_signals: number;
  queued_jobs: number;
  running_jobs: number;
  set_aside: number;
  stages: EngineStage[];
  paused: { scenario: Named; cause: Record<"en" | "ru", string> }[];
  batches: EngineBatch[];
  groups: SetAsideGroup[];
  errors: SetAsideCase[];
  last_24h: { hour: IsoInstant; cases: number; messages: number; sent: number; moved: number; micros: number }[];
}
