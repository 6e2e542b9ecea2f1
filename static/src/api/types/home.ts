/** The overview. */
import type { IsoDay, IsoInstant, Kopecks } from "../types";
import type { ScenarioState } from "./scenarios";

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
  /** Changes of monitoring rules that another person asked for. */
  rules_waiting: number;
  open_tasks: number;
  failed_messages: number;
}
