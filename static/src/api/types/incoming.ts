/** What payment sources told, and the sources themselves. */
import type { IsoInstant, Kopecks, SettingField } from "../types";

export interface IncomingItem {
  id: number;
  source: string;
  source_title: string;
  kind: "payment" | "refund" | "other";
  external_id: string;
  state: "unmatched" | "credited" | "dismissed" | "noted";
  reason: string | null;
  reason_text: string | null;
  received_at: IsoInstant;
  paid_at: IsoInstant;
  amount: Kopecks | null;
  currency: string;
  named: string[];
  loan: { id: number; external_id: string } | null;
  payment_id: number | null;
  settled_at: IsoInstant | null;
  settled_by: string | null;
  note: string | null;
}

export interface IncomingCard extends IncomingItem {
  original: string | null;
  payer: string | null;
  phone: string | null;
  email: string | null;
  purpose: string | null;
  may_credit: boolean;
  /** A refund of a whole payment on a loan with a ledger here. */
  may_take_back: boolean;
}

export interface IncomingSummary {
  unmatched: number;
  /** Some source may tell of payments. */
  switched_on: boolean;
  sources: { key: string; title: string; unmatched: number }[];
}

export interface PaymentSource {
  key: string;
  title: string;
  help: string;
  path: string;
  enabled: boolean;
  /** Its secrets cannot be opened any more. */
  sealed: boolean;
  fields: SettingField[];
  changed_at: IsoInstant | null;
  changed_by: string | null;
  last_received_at: IsoInstant | null;
  received_day: number;
  refused_day: number;
  refusals: { reason: string; count: number; last_at: IsoInstant; last_sender: string }[];
}
