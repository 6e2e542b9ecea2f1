/** Buckets: the portfolio as it stands, as it stood, and who moved. */
import type { IsoDay, Kopecks } from "../types";

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
