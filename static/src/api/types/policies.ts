import type { IsoDay, IsoInstant } from "../types";

export interface PolicyItem {
  key: string;
  title: string;
  source: string;
  revision: number;
  valid_from: IsoInstant;
  waiting: number;
  drafts: number;
  coming: IsoInstant | null;
}

export interface PolicyLine {
  key: string;
  title: string;
  text: string;
}

export type PolicyWindow = { calendar: "day" | "week" | "month" } | { rolling_days: number } | { rolling_hours: number };

export interface PolicyLimit {
  kind: string;
  contacts: number;
  windows: PolicyWindow[];
  per: "borrower" | "loan";
  counts: "attempts" | "talks";
}

/** What `policies.document` checks. */
export interface PolicyDocument {
  title: { en: string; ru: string };
  source: string;
  limits: PolicyLimit[];
  hours: { working: [string, string]; rest: [string, string] };
  country: string | null;
  channels_off: string[];
  consent_exempts: boolean;
  refusal_from_days: number | null;
  third_party_consents: number;
  identification: string[];
  moratorium: { days: number; once_in_months: number } | null;
}

export interface PolicyVersion {
  id: number;
  revision: number;
  valid_from: IsoInstant | null;
  state: "draft" | "waiting" | "approved" | "rejected";
  in_force: boolean;
  note: string | null;
  author: string;
  changed_at: IsoInstant;
  reviewer: string | null;
  reviewed_at: IsoInstant | null;
  remark: string | null;
  document: PolicyDocument;
  lines: PolicyLine[];
  changes: { title: string; before: string | null; after: string | null }[];
}

export interface Policy {
  key: string;
  title: string;
  source: string;
  document: PolicyDocument;
  lines: PolicyLine[];
  kinds: { key: string; title: string }[];
  versions: PolicyVersion[];
}

export interface PolicyTrial {
  allowed: boolean;
  code: string;
  text: string;
  until: IsoInstant | null;
  revision: number;
  rest_day: boolean;
}

export interface CalendarDay {
  day: IsoDay;
  rest: boolean;
  decreed: boolean;
  name: string | null;
}

export interface CalendarYear {
  country: string;
  year: number;
  countries: { key: string; title: string }[];
  days: CalendarDay[];
}
