/** What leaves the house. */
import type { IsoInstant, Named, NodeRef } from "../types";

export interface MessageItem {
  id: number;
  channel: string;
  connector: string;
  state: string;
  recipient: string | null;
  subject: string | null;
  queued_at: IsoInstant;
  due_at: IsoInstant | null;
  sent_at: IsoInstant | null;
  attempts: number;
  error: string | null;
  loan: { id: number; external_id: string };
  scenario: Named;
  node: NodeRef;
  case_id: number;
}

export interface Message extends MessageItem {
  body: string | null;
  /** What the node says, shown to those who may not read the text itself. */
  template: string | null;
  receipt: string | null;
  masked: boolean;
}

/** What waits, and what was written today; history is not counted. */
export type MessageCounts = Record<"queued" | "sending" | "failed" | "today", number>;

export interface OutboxSummary extends MessageCounts {
  channels: (MessageCounts & { channel: string })[];
}
