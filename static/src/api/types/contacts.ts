/** How a borrower is reached, and what they have said about it. */
import type { IsoDay, IsoInstant, Kopecks } from "../types";

export interface ContactLoan {
  id: number;
  external_id: string;
  product: string;
  state: string;
  issued_on: IsoDay | null;
  principal: Kopecks;
  balance: Kopecks;
  overdue: Kopecks;
  dpd: number;
  bucket: string;
}

export interface ContactPoint {
  id: number;
  /** Whose it is; null: the borrower's own. */
  third_party_id: number | null;
  kind: string;
  value: string | null;
  /** ISO code of the country of a phone, when it is another one. */
  country: string | null;
  /** Numbers like this are given to somebody. */
  given_out: boolean;
  valid_from: IsoDay | null;
  valid_to: IsoDay | null;
  /** dead: the other side reported that it is nobody's. */
  end_reason: string | null;
  verified_at: IsoInstant | null;
  verified_by: string | null;
  source: string;
  in_use: boolean;
  added_at: IsoInstant;
  added_by: string;
}

export interface ThirdParty {
  id: number;
  name: string | null;
  relation: string;
  borrower_agrees: boolean;
  third_party_agrees: boolean;
  /** Which consents are missing, in words; null: one may talk to them. */
  missing: string | null;
}

export interface ConsentNow {
  purpose: string;
  /** given, revoked; null: never spoken of. */
  act: string | null;
  at: IsoInstant | null;
  dated: IsoDay | null;
  source: string | null;
  document: string | null;
}

export interface ConsentSaid {
  id: number;
  third_party_id: number | null;
  said_by: string;
  purpose: string;
  channel: string | null;
  act: string;
  at: IsoInstant;
  dated: IsoDay | null;
  source: string;
  document: string | null;
  by: string;
}

export interface LimitUsed {
  kind: string;
  /** What the limit allows, in words. */
  text: string;
  counts: "attempts" | "talks";
  used: number;
  most: number;
  /** The next contact would be one too many. */
  reached: boolean;
}

export interface ContactCard {
  id: number;
  loans: ContactLoan[];
  totals: { open: number; loans: number; balance: Kopecks; overdue: Kopecks; dpd: number; promises_kept: number; promises_broken: number };
  /** `ends`: the last day of a stop that would be written down now, where the contact policy says one. */
  stop: { reason: string | null; until: IsoDay | null; ends: { reason: string; until: IsoDay }[] };
  /** From which day the borrower may refuse all contact. */
  refusal: { days: number | null; opens: IsoDay | null; may: boolean };
  refusals: { channel: string; since: IsoInstant; source: string; by: string }[];
  channels: string[];
  points: ContactPoint[];
  third_parties: ThirdParty[];
  consents: ConsentNow[];
  history: ConsentSaid[];
  /** Contacts made in the borrower's own day, week and month. */
  windows: { kind: string; today: number; week: number; month: number }[];
  weeks: { monday: IsoDay; contacts: number }[];
  /** What is used of each limit of the policy. */
  limits: { policy: string; items: LimitUsed[] };
}
