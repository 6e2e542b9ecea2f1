import type { IsoDay, IsoInstant, Kopecks } from "../api/types";

export const PARTS = ["principal", "principal_overdue", "interest", "interest_overdue", "penalty", "fee", "credit"] as const;
export type Part = (typeof PARTS)[number];
export type ByPart = Record<Part, Kopecks>;

export interface Owed extends ByPart {
  balance: Kopecks;
  overdue: Kopecks;
}

export interface LedgerEvent extends ByPart {
  id: number;
  kind: string;
  day: IsoDay;
  recorded_at: IsoInstant;
  actor: string;
  paid: Kopecks;
  balance: Kopecks;
  /** Left the books without being paid. */
  given_up: Kopecks;
}

export interface Ledger {
  upto: IsoDay;
  owed: Owed;
  /** Newest first. */
  events: LedgerEvent[];
  days: { day: IsoDay; balance: Kopecks; dpd: number }[];
}

const OWED = PARTS.filter((part) => part !== "credit");

/** What people saw as the balance at the end of a day: by what was known then. `dayOf` tells the day of an instant. */
export function seenThen(events: readonly LedgerEvent[], day: IsoDay, dayOf: (instant: IsoInstant) => IsoDay): Kopecks {
  const known = events.filter((event) => event.day <= day && dayOf(event.recorded_at) <= day);
  return known.reduce((sum, event) => OWED.reduce((all, part) => all + event[part], sum), 0);
}

/** One row of the table: an event, or the charges of days in a row. */
export interface Row extends LedgerEvent {
  /** First day of the charges that were put together. */
  from: IsoDay;
}

/** Charges that follow each other become one row; the newest tells the balance. */
export function rows(events: readonly LedgerEvent[]): Row[] {
  const found: Row[] = [];
  for (const event of events) {
    const later = found.at(-1);
    if (later?.kind === "accrued" && event.kind === "accrued") {
      later.from = event.day;
      for (const part of PARTS) later[part] += event[part];
    } else {
      found.push({ ...event, from: event.day });
    }
  }
  return found;
}
