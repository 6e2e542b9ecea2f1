import type { IsoDay, Kopecks, Problem } from "../api/types";
import type { Rule } from "../rules/rule";

export type Kind = "bullet" | "annuity" | "differentiated";
export type Span = "day" | "year";
export type Unit = "day" | "week" | "month";
/** Millionths: 8000 is 0.8 %. */
export type Ppm = number;

export interface Terms {
  kind: Kind;
  rate_ppm: Ppm;
  rate_per: Span;
  principal_min: Kopecks;
  principal_max: Kopecks;
  unit: Unit;
  term_min: number;
  term_max: number;
  pay_every: number;
  working_days: boolean;
  issue_fee: Kopecks;
  issue_fee_ppm: Ppm;
  instalment_fee: Kopecks;
  grace_days: number;
  penalty_ppm: Ppm;
  penalty_per: Span;
  interest_when_late: boolean;
  order: string[];
  policy: string;
  /** How often the due day of a loan with one instalment may be moved. */
  prolongations: number;
  /** Days after a due day in which an instalment is not overdue yet. */
  dpd_grace_days: number;
}

/** Terms as they are typed: null is a field without a value. */
export type Draft = { [Field in keyof Terms]: Terms[Field] extends number ? number | null : Terms[Field] };

export interface ProductItem {
  id: number;
  code: string;
  name: string;
  kind: string;
  offered: boolean;
  terms: Terms | null;
  open_loans: number;
  loans: number;
  demo: boolean;
}

export type Outcome = "allow" | "refuse" | "person";

export interface DecisionRule {
  rule: Rule;
  outcome: Outcome;
  /** What the application is told. */
  reason: string;
}

/** Who gets a loan: the first rule that holds decides. */
export interface Decision {
  rules: DecisionRule[];
  otherwise: Outcome;
  /** A second person confirms the issue of larger sums; null: of none. */
  confirm_above: Kopecks | null;
}

/** The same while it is typed. */
export interface DecisionDraft extends Omit<Decision, "confirm_above"> {
  confirm_above: Kopecks | null | "typing";
}

export interface ProductCard extends ProductItem {
  revision: number;
  decision: Decision | null;
  forecast: { on: IsoDay; problems: Problem[] }[];
}

export interface Cap {
  measure: string;
  title: string;
  limit_ppm: Ppm;
  valid_from: IsoDay;
  valid_to: IsoDay | null;
  source: string;
  regime: "ordinary" | "special";
  in_force: boolean;
}

export interface Policy {
  key: string;
  title: string;
  caps: Cap[];
  order: string[] | null;
  order_source: string | null;
}

export interface Preview {
  issued_on: IsoDay;
  principal: Kopecks;
  issue_fee: Kopecks;
  charges: Kopecks;
  total: Kopecks;
  ends_on: IsoDay;
  /** `rate` in thousandths of a per cent. */
  cost: { rate: number; amount: Kopecks };
  lines: { number: number; due_on: IsoDay; amount: Kopecks; principal: Kopecks; interest: Kopecks; fee: Kopecks; left: Kopecks }[];
}

export const KINDS: readonly Kind[] = ["bullet", "annuity", "differentiated"];
export const SPANS: readonly Span[] = ["day", "year"];
export const UNITS: readonly Unit[] = ["day", "week", "month"];

export const OUTCOMES: readonly Outcome[] = ["refuse", "person", "allow"];
export const NO_RULES: Decision = { rules: [], otherwise: "allow", confirm_above: null };

/** The rules as they are sent: the sentences are the server's. A sum that is not typed yet is none. */
export function bareDecision(decision: DecisionDraft | null): Decision | null {
  if (!decision) return null;
  const { confirm_above: above, otherwise } = decision;
  return { otherwise, confirm_above: above === "typing" ? null : above, rules: decision.rules.map(({ rule, outcome, reason }) => ({ rule, outcome, reason })) };
}

/** What a new product begins with: a payday loan that the law allows. */
export const FIRST: Draft = {
  kind: "bullet",
  rate_ppm: 8_000,
  rate_per: "day",
  principal_min: 300_000,
  principal_max: 3_000_000,
  unit: "day",
  term_min: 7,
  term_max: 30,
  pay_every: 1,
  working_days: false,
  issue_fee: 0,
  issue_fee_ppm: 0,
  instalment_fee: 0,
  grace_days: 0,
  penalty_ppm: 200_000,
  penalty_per: "year",
  interest_when_late: true,
  order: ["interest_overdue", "principal_overdue", "penalty", "interest", "principal", "fee"],
  policy: "ru-353",
  prolongations: 0,
  dpd_grace_days: 0,
};

/** The terms when every field has its value; a bullet has no instalments to be apart. */
export function complete(draft: Draft): Terms | null {
  if (Object.values(draft).some((value) => value === null)) return null;
  const terms = draft as Terms;
  return terms.kind === "bullet" ? { ...terms, pay_every: 1 } : terms;
}

/** What a person typed as per cent, in millionths; null when it is none. Accepts «0,8», "0.8", "292 %". */
export function parseShare(text: string): Ppm | null {
  const plain = text.replace(/[\s\u00a0%]/g, "").replace(",", ".");
  if (!/^\d+(\.\d{1,4})?$/.test(plain)) return null;
  const [whole = "0", fraction = ""] = plain.split(".");
  const ppm = Number(whole) * 10_000 + Number(fraction.padEnd(4, "0"));
  return Number.isSafeInteger(ppm) ? ppm : null;
}

/** 8000 is «0,8». */
export function showShare(ppm: Ppm, language: string): string {
  const text = (ppm / 10_000).toFixed(4).replace(/\.?0+$/, "");
  return language.startsWith("ru") ? text.replace(".", ",") : text;
}
