/** What leaves the house. */
import type { IsoInstant, Kopecks, Named, NodeRef } from "../types";

export interface MessageItem {
  id: number;
  channel: string;
  connector: string;
  /** The connector's title. */
  through: string;
  state: string;
  recipient: string | null;
  subject: string | null;
  queued_at: IsoInstant;
  due_at: IsoInstant | null;
  sent_at: IsoInstant | null;
  attempts: number;
  error: string | null;
  /** Since then it may have been sent more than once. */
  uncertain_at: IsoInstant | null;
  /** When the other side said what became of it. */
  told_at: IsoInstant | null;
  cost: Kopecks | null;
  loan: { id: number; external_id: string };
  scenario: Named;
  node: NodeRef;
  case_id: number;
}

export interface Message extends MessageItem {
  borrower_id: number;
  body: string | null;
  /** What the node says, shown to those who may not read the text itself. */
  template: string | null;
  receipt: string | null;
  expires_at: IsoInstant | null;
  /** Why a person put it away. */
  note: string | null;
  masked: boolean;
}

/** What waits, and what was written today; history is not counted. */
export type MessageCounts = Record<"queued" | "sending" | "failed" | "today" | "cost", number>;

export interface OutboxSummary extends MessageCounts {
  channels: (MessageCounts & { channel: string })[];
}
