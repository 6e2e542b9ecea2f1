/** Applications for loans, and borrowers as lists know them. */
import type { IsoInstant, Kopecks, PersonNamed } from "../types";

export type ApplicationState = "waiting" | "approved" | "confirming" | "issued" | "refused" | "withdrawn";

interface LoanRef {
  id: number;
  external_id: string;
}

export interface ApplicationItem {
  id: number;
  borrower: PersonNamed;
  product: { code: string; name: string };
  principal: Kopecks;
  term: number;
  unit: "day" | "week" | "month" | null;
  channel: string | null;
  state: ApplicationState;
  reason: string | null;
  filed_at: IsoInstant;
  filed_by: string;
  decided_by: string | null;
  confirmed_by: string | null;
  loan: LoanRef | null;
}

export interface ApplicationCard extends ApplicationItem {
  external_id: string | null;
  risk_score: number | null;
  /** Per cent. */
  debt_burden: number | null;
  note: string | null;
  decided_at: IsoInstant | null;
  requested_at: IsoInstant | null;
  requested_by: string | null;
  refinanced: LoanRef | null;
  product_revision: number;
  against: string[];
  rule: { number: number; outcome: "allow" | "refuse" | "person"; reason: string; words: string } | null;
  seen: { title: string; value: string | null }[];
  /** Thousandths of a per cent a year. */
  full_cost: number | null;
  charges: Kopecks | null;
  pays_off: Kopecks | null;
  may_settle: boolean;
  may_confirm: boolean;
}

export interface BorrowerItem extends PersonNamed {
  external_id: string;
  phone: string | null;
  region: string | null;
  loans_count: number;
  demo: boolean;
}
