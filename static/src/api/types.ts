/** The shapes of the REST API. Money is integer kopecks, instants are ISO 8601 UTC, days are YYYY-MM-DD. */

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
  | "loan.read"
  | "loan.all"
  | "person.read"
  | "payment.record"
  | "signal.record"
  | "contact.stop"
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
  page: number;
  size: number;
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

export interface DayAmount {
  day: IsoDay;
  amount: Kopecks;
  count: number;
}

export interface BucketTotal {
  key: string;
  title: string;
  loans: number;
  balance: Kopecks;
  overdue: Kopecks;
}

export interface Home {
  buckets: BucketTotal[];
  overdue_total: Kopecks;
  overdue_loans: number;
  loans_total: number;
  balance_total: Kopecks;
  recovered: { today: Kopecks; week: Kopecks; month: Kopecks; days: DayAmount[] };
  scenarios: {
    id: number;
    key: string;
    name: string;
    state: ScenarioState;
    active_cases: number;
    entered_30d: number;
    paid_30d_cases: number;
    paid_30d_amount: Kopecks;
    sparkline: number[];
  }[];
  engine: {
    state: "running" | "late" | "stopped";
    seen_at: IsoInstant | null;
    last_tick_at: IsoInstant | null;
    last_tick_ms: number | null;
    lag_seconds: number;
    due_cases: number;
  };
  to_review: number;
  open_tasks: number;
  failed_messages: number;
}

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

export interface LoanListItem {
  id: number;
  external_id: string;
  borrower: PersonNamed;
  product: { code: string; name: string };
  region: string | null;
  channel: string | null;
  principal: Kopecks;
  balance: Kopecks;
  overdue: Kopecks;
  dpd: number;
  bucket: string;
  next_due_on: IsoDay | null;
  next_due_amount: Kopecks | null;
  last_payment_on: IsoDay | null;
  state: string;
  active_cases: number;
  demo: boolean;
}

export interface LoanFacts {
  id: number;
  external_id: string;
  product: { code: string; name: string; kind: string };
  state: string;
  servicing: string;
  issued_on: IsoDay | null;
  region: string | null;
  channel: string | null;
  principal: Kopecks;
  balance: Kopecks;
  overdue: Kopecks;
  overdue_since: IsoDay | null;
  dpd: number;
  bucket: string;
  next_due_on: IsoDay | null;
  next_due_amount: Kopecks | null;
  last_payment_on: IsoDay | null;
  risk_score: number | null;
  risk_group: string | null;
  debt_burden: number | null;
  ordinal: number;
  bailiff_state: string;
  bureau_state: string;
  tags: string[];
  demo: boolean;
}

export interface BorrowerFacts extends PersonNamed {
  external_id: string;
  birth_date: IsoDay | null;
  phone: string | null;
  email: string | null;
  messenger: string | null;
  region: string | null;
  time_zone: string;
  /** `14:05` on the borrower's clock, when the page was asked for. */
  local_time: string | null;
  contact_stop: string | null;
  lending_restricted_at: IsoInstant | null;
  lending_restriction: string | null;
  loans_count: number;
  loans: { id: number; external_id: string; state: string; overdue: Kopecks; dpd: number }[];
  masked: boolean;
  demo: boolean;
}

export interface Instalment {
  number: number;
  due_on: IsoDay;
  amount: Kopecks;
  principal: Kopecks;
  paid: Kopecks;
  paid_on: IsoDay | null;
  state: string;
}

export interface Payment {
  id: number;
  external_id: string;
  amount: Kopecks;
  paid_at: IsoInstant;
  source: string;
}

export interface NodeRef {
  key: string | null;
  label: string | null;
}

export interface CaseItem {
  id: number;
  scenario: Named;
  version: { id: number; number: number };
  node: NodeRef;
  entered_at: IsoInstant;
  due_at: IsoInstant | null;
  enrolled_at: IsoInstant;
  enrolled_overdue: Kopecks;
  ended_at: IsoInstant | null;
  end_reason: string | null;
  error: string | null;
  /** Why its scenario stands still; null while it runs. */
  paused: string | null;
}

export interface Offer {
  id: number;
  kind: string;
  size: number;
  made_at: IsoInstant;
  expires_at: IsoInstant | null;
  state: string;
  answered_at: IsoInstant | null;
}

export interface PaymentPromise {
  id: number;
  amount: Kopecks;
  due_on: IsoDay;
  given_at: IsoInstant;
  state: string;
  decided_at: IsoInstant | null;
}

export interface LoanCard {
  loan: LoanFacts;
  borrower: BorrowerFacts;
  instalments: Instalment[];
  payments: Payment[];
  cases: CaseItem[];
  offers: Offer[];
  promises: PaymentPromise[];
  tasks: TaskListItem[];
}

export interface TimelineItem {
  at: IsoInstant;
  kind: string;
  title: string;
  text: string | null;
  amount?: Kopecks | null;
  ref: { type: string; id: number | string } | null;
  icon: string;
}

export interface Timeline {
  items: TimelineItem[];
  next: string | null;
}

export interface TaskListItem {
  id: number;
  queue: string;
  title: string;
  priority: number;
  state: string;
  assignee: string | null;
  loan: { id: number; external_id: string; dpd: number; overdue: Kopecks };
  borrower: PersonNamed;
  created_at: IsoInstant;
  due_at: IsoInstant | null;
  disposition: string | null;
  /** The disposition as people call it. */
  result: string | null;
  closed_at: IsoInstant | null;
  closed_by: string | null;
}

export interface Disposition {
  key: string;
  title: string;
  needs: "promise" | null;
}

export interface ContactItem {
  at: IsoInstant;
  kind: string;
  channel: string;
}

/** A task with what the operator has to know before calling. */
export interface TaskCard extends Omit<TaskListItem, "loan" | "borrower"> {
  instruction: string;
  note: string | null;
  dispositions: Disposition[];
  loan: LoanFacts;
  borrower: BorrowerFacts;
  payments: Payment[];
  promises: PaymentPromise[];
  contacts: ContactItem[];
}

export interface MessageItem {
  id: number;
  channel: string;
  connector: string;
  state: string;
  recipient: string | null;
  subject: string | null;
  queued_at: IsoInstant;
  due_at: IsoInstant | null;
  sent_at: IsoInstant | null;
  attempts: number;
  error: string | null;
  loan: { id: number; external_id: string };
  scenario: Named;
  node: NodeRef;
  case_id: number;
}

export interface Message extends MessageItem {
  body: string | null;
  /** What the node says, shown to those who may not read the text itself. */
  template: string | null;
  receipt: string | null;
  masked: boolean;
}

export type MessageStates = Record<"queued" | "sending" | "sent" | "failed" | "cancelled", number>;

export interface OutboxSummary extends MessageStates {
  channels: (MessageStates & { channel: string })[];
}

export interface UploadTarget {
  key: string;
  title: string;
  required: boolean;
  type: string;
  help: string;
  /** How its cells may be read: the option and what it may say, the usual first. */
  options: Record<string, string[]>;
}

/** Where a target's value comes from (a column, or the same for all rows), and how its cells are read. */
export interface MappingSource {
  column?: string | null;
  constant?: string | number | null;
  /** What a cell says, and what is read instead; null reads nothing. */
  values?: Record<string, string | number | null>;
  [option: string]: unknown;
}

export interface Mapping {
  [target: string]: MappingSource;
}

export interface Upload {
  upload_id: string;
  kind: string;
  file_name: string;
  size: number;
  encoding: string | null;
  separator: string | null;
  sheet: string | null;
  sheets: string[];
  format: string;
  columns: { name: string; samples: (string | null)[] }[];
  targets: UploadTarget[];
  mapping: Mapping;
  remembered: boolean;
}

export interface ImportItem {
  id: number;
  kind: string;
  file_name: string;
  state: string;
  dry_run: boolean;
  actor: string;
  started_at: IsoInstant;
  finished_at: IsoInstant | null;
  rows_read: number;
  rows_total: number | null;
  rows_added: number;
  rows_updated: number;
  rows_wrong: number;
  message: string | null;
  /** The job that brings it in; null when a command did. */
  job_id: number | null;
}

export interface Job {
  id: number;
  kind: string;
  title: string;
  state: string;
  cancel_asked: boolean;
  /** Its worker gives no sign of life. */
  silent: boolean;
  done: number;
  total: number | null;
  actor: string;
  created_at: IsoInstant;
  started_at: IsoInstant | null;
  finished_at: IsoInstant | null;
  /** When the row goes, and its file. */
  expires_at: IsoInstant | null;
  attempts: number;
  error: string | null;
  file: { name: string; size: number; rows: number } | null;
  import_id: number | null;
  may_cancel: boolean;
  may_repeat: boolean;
  may_download: boolean;
}

export interface ImportProblem {
  row: number;
  column: string | null;
  value: string | null;
  code: string;
  text: string;
}

export interface ImportCard extends ImportItem {
  mapping: Mapping;
  problems: ImportProblem[];
}

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

export interface AuditEntry {
  id: number;
  at: IsoInstant;
  actor: string;
  action: string;
  subject_type: string;
  subject_id: string | null;
  details: Record<string, unknown>;
}

export interface HelpPage {
  title: string;
  html: string;
}

export interface HelpTopic {
  slug: string;
  title: string;
}

export interface SearchAnswer {
  loans: { id: number; external_id: string; borrower: PersonNamed; dpd: number; overdue: Kopecks }[];
  scenarios: { id: number; key: string; name: string; state: ScenarioState }[];
  tasks: { id: number; title: string; state: string; borrower: PersonNamed }[];
}
