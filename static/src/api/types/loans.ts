/** Loans, their borrowers and what happened to them. */
import type { IsoDay, IsoInstant, Kopecks, Language, Named, NodeRef, PersonNamed } from "../types";
import type { TaskListItem } from "./tasks";

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
  /** Days after a due day in which an instalment is not overdue yet. */
  dpd_grace_days: number;
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
  postal_address: string | null;
  region: string | null;
  /** Of what is written to the borrower. */
  language: Language;
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
  reversed_at: IsoInstant | null;
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

/** What the contact guard says of a channel now. */
export interface ContactChance {
  channel: string;
  kind: string;
  allowed: boolean;
  code: string;
  text: string;
  until: IsoInstant | null;
}
