import type { IsoDay, IsoInstant, Kopecks } from "../api/types";
import type { Owed } from "../ledger/model";

/** What can be agreed about a loan, in the order of the menu. */
export const KINDS = ["prolonged", "redrawn", "holidays", "paused", "resumed", "restructured", "judged", "sold", "written_off"] as const;
export type Kind = (typeof KINDS)[number];

export interface Pause {
  kind: string;
  first: IsoDay;
  last: IsoDay | null;
  interest_stops: boolean;
  penalty_stops: boolean;
  ground: string | null;
}

export interface LoanRequest {
  id: number;
  loan_id: number;
  loan: string;
  kind: string;
  title: string;
  asked: Asked;
  state: "waiting" | "approved" | "rejected";
  asked_by: string;
  asked_at: IsoInstant;
  own: boolean;
  decided_by: string | null;
  decided_at: IsoInstant | null;
  reason: string | null;
}

export interface Desk {
  today: IsoDay;
  product_kind: string;
  unit: "day" | "week" | "month";
  rate_ppm: number;
  rate_per: "day" | "year";
  prolongations: number;
  prolonged: number;
  /** Day of the last prolongation. */
  prolonged_on: IsoDay | null;
  owed: Owed;
  pauses: Pause[];
  requests: LoanRequest[];
}

export interface Prospect {
  needs_approval: boolean;
  /** What is paid together with it. */
  price: Kopecks;
  before: Owed;
  after: Owed;
  dpd_before: number;
  dpd_after: number;
  given_up: Kopecks;
  lines: { number: number; due_on: IsoDay; amount: Kopecks; principal: Kopecks; interest: Kopecks; fee: Kopecks; left: Kopecks }[];
}

/** What was asked for, by the names that the server knows. */
export type Asked = Record<string, string | number | boolean | null>;

/** Pauses that last or are to come. */
export function standing(desk: Desk): Pause[] {
  return desk.pauses.filter((pause) => pause.last === null || pause.last > desk.today);
}

/** What may be offered for the loan; the server has the last word. */
export function fitting(desk: Desk): Kind[] {
  const isBullet = desk.product_kind === "bullet";
  return KINDS.filter((kind) => {
    if (kind === "prolonged") return isBullet && desk.prolongations > 0;
    if (kind === "redrawn") return !isBullet;
    if (kind === "resumed") return standing(desk).length > 0;
    return kind !== "judged" || desk.owed.overdue > 0;
  });
}

/** A day that many days later. */
export function later(day: IsoDay, days: number): IsoDay {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** That many days in the unit of the loan's terms; null where they are no whole number of it. */
export function termOf(days: number, unit: Desk["unit"]): number | null {
  if (unit === "day") return days;
  return unit === "week" && days % 7 === 0 ? days / 7 : null;
}

/** Interest, penalty and fees up to today: what a prolongation costs. */
export function chargesOf({ owed }: Desk): Kopecks {
  return owed.balance - owed.principal - owed.principal_overdue;
}

/** What the form begins with; null is for the person to fill in. */
export function initial(kind: Kind, desk: Desk): Asked {
  const { owed, today } = desk;
  switch (kind) {
    case "prolonged":
      return { term: { day: 14, week: 2, month: 1 }[desk.unit] };
    case "redrawn":
      return { keep: "term" };
    case "holidays":
      return { first: later(today, 1), months: 3, ground: null };
    case "paused":
      return { what: "dispute", first: later(today, 1), last: null, interest_stops: false, penalty_stops: false };
    case "restructured":
      return { first_on: later(today, 30), count: 6, unit: "month", rate_ppm: desk.rate_ppm, interest: "keep", penalty: "keep", fee: "keep" };
    case "judged":
      return {
        act: "",
        day: today,
        principal: owed.principal + owed.principal_overdue,
        interest: owed.interest + owed.interest_overdue,
        penalty: owed.penalty,
        fee: owed.fee,
        costs: 0,
        rate_ppm: 0,
        rate_per: "year",
      };
    case "sold":
      return { buyer: "", price: null };
    case "written_off":
      return { reason: "" };
    case "resumed":
      return {};
  }
}

/** Whether everything that is needed was filled in; only the last day of a pause may be left open. */
export function isComplete(asked: Asked): boolean {
  return Object.entries(asked).every(([name, value]) => name === "last" || (value !== null && value !== "" && (typeof value !== "string" || value.trim() !== "")));
}
