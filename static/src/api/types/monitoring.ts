/** Buckets and monitoring rules. */
import type { IsoDay, IsoInstant, Kopecks } from "../types";

export interface BucketFigures {
  loans: number;
  balance: Kopecks;
  overdue: Kopecks;
}

export type BucketMeasure = keyof BucketFigures;
export type Compared = "day" | "week" | "month";

export interface BucketHeld extends BucketFigures {
  key: string;
  title: string;
  changes: Record<Compared, BucketFigures | null>;
}

export interface BucketBoard {
  day: IsoDay;
  /** The first day that the history knows; null: nothing has been rolled yet. */
  first_day: IsoDay | null;
  compared: Record<Compared, IsoDay | null>;
  buckets: BucketHeld[];
  /** By bucket, in the order of `buckets`. */
  days: ({ day: IsoDay } & Record<BucketMeasure, number[]>)[];
}

export interface BucketCell {
  key: string;
  loans: number;
  balance: Kopecks;
}

export interface BucketMoves {
  from: IsoDay;
  to: IsoDay;
  /** `outside`: loans that were not in the portfolio. */
  rows: (BucketCell & { title: string | null; cells: BucketCell[] })[];
}

/** What a monitoring rule says, now or in one of its versions. */
export interface RuleSaid {
  name: string;
  signal_kind: string;
  signal: string;
  words: string;
  quiet_days: number;
  enabled: boolean;
  revision: number;
  changed_at: IsoInstant;
  changed_by: string;
}

export interface MonitoringRule extends RuleSaid {
  id: number;
  key: string;
  /** Day of the first look with this condition; null: that is still to come. */
  watched_since: IsoDay | null;
}

export interface WatchedRule extends MonitoringRule {
  /** Loans for which it holds now. */
  holding: number;
  /** Loans that it fired for, by day. */
  fired: number[];
}

/** What a rule is to become once a second person agrees. */
export interface RuleChange {
  id: number;
  rule: { id: number; name: string };
  asked_by: string;
  asked_at: IsoInstant;
  own: boolean;
  /** `before` is null for what a rule that is switched on keeps. */
  differences: { part: "enabled" | "name" | "rule" | "signal" | "quiet_days"; before: string | null; after: string }[];
}

export interface MonitoringBoard {
  days: IsoDay[];
  signals: { key: string; title: string }[];
  rules: WatchedRule[];
  waiting: RuleChange[];
}

export interface MonitoringCard extends MonitoringRule {
  rule: Readonly<Record<string, unknown>>;
  versions: RuleSaid[];
  waiting: RuleChange[];
}

export interface MonitoringTrial {
  days: { day: IsoDay; fired: number }[];
  /** Fields that were read as of today. */
  by_today: string[];
}

export interface Firing {
  id: number;
  since: IsoDay;
  until: IsoDay | null;
  rule: { id: number; name: string };
  loan: { id: number; external_id: string };
  dpd: number;
  bucket: string;
  overdue: Kopecks;
}
