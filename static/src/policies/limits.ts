import type { PolicyLimit, PolicyWindow } from "../api/types/policies";

/** How long a window is: a calendar unit, or so many days. */
export const SPANS = ["day", "week", "month", "days"] as const;
/** Which windows of that length count. */
export const SORTS = ["both", "calendar", "rolling"] as const;

export type Span = (typeof SPANS)[number];
export type Sort = (typeof SORTS)[number];

/** A limit as the form shows it. */
export interface LimitRow {
  kind: string;
  contacts: number;
  span: Span;
  sort: Sort;
  days: number;
  per: "borrower" | "loan";
  counts: "attempts" | "talks";
}

const ROLLING: Record<Exclude<Span, "days">, PolicyWindow> = { day: { rolling_hours: 24 }, week: { rolling_days: 7 }, month: { rolling_days: 31 } };

function daysOf(window: PolicyWindow | undefined): number {
  if (window && "rolling_days" in window) return window.rolling_days;
  return window && "rolling_hours" in window ? Math.max(1, Math.round(window.rolling_hours / 24)) : 1;
}

/** The row of a limit; windows that the form cannot show stay as days. */
export function rowOf(limit: PolicyLimit): LimitRow {
  const calendar = limit.windows.find((window) => "calendar" in window);
  const rolling = limit.windows.find((window) => !("calendar" in window));
  const common = { kind: limit.kind, contacts: limit.contacts, per: limit.per, counts: limit.counts, days: daysOf(rolling) };
  if (calendar && "calendar" in calendar) return { ...common, span: calendar.calendar, sort: rolling ? "both" : "calendar" };
  return { ...common, span: "days", sort: "rolling" };
}

/** The limit of a row. */
export function limitOf({ span, sort, days, ...row }: LimitRow): PolicyLimit {
  if (span === "days") return { ...row, windows: [{ rolling_days: days }] };
  const calendar: PolicyWindow = { calendar: span };
  const windows = sort === "both" ? [calendar, ROLLING[span]] : sort === "calendar" ? [calendar] : [ROLLING[span]];
  return { ...row, windows };
}
