/** Other systems that are told what happens here. */
import type { IsoInstant, Named } from "../types";

export interface Subscription {
  id: number;
  name: string;
  url: string;
  kinds: string[];
  enabled: boolean;
  changed_at: IsoInstant;
  changed_by: string;
  waiting: number;
  failed: number;
  last_at: IsoInstant | null;
}

/** The secret is told once, when it is made. */
export interface SavedSubscription extends Subscription {
  secret: string | null;
}

export interface Subscriptions {
  items: Subscription[];
  kinds: { key: string; title: string }[];
}

export interface NewsDelivery {
  id: number;
  key: string;
  kind: string;
  title: string;
  outcome: string | null;
  state: string;
  happened_at: IsoInstant;
  due_at: IsoInstant;
  sent_at: IsoInstant | null;
  attempts: number;
  answer: string | null;
  /** Why there is none. */
  reason: string | null;
  reason_text: string | null;
  subscription: Named;
  loan: { id: number; external_id: string } | null;
  body: string;
}

export interface DeliverySummary {
  subscriptions: Named[];
  enabled: number;
  queued: number;
  failed: number;
}
