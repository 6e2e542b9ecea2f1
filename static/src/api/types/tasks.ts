/** Operators' tasks. */
import type { IsoInstant, Kopecks, PersonNamed } from "../types";
import type { BorrowerFacts, ContactChance, LoanFacts, Payment, PaymentPromise } from "./loans";

export interface TaskListItem {
  id: number;
  queue: string;
  title: string;
  priority: number;
  state: string;
  assignee: string | null;
  loan: { id: number; external_id: string; dpd: number; overdue: Kopecks };
  borrower: PersonNamed;
  created_at: IsoInstant;
  due_at: IsoInstant | null;
  disposition: string | null;
  /** The disposition as people call it. */
  result: string | null;
  closed_at: IsoInstant | null;
  closed_by: string | null;
}

export interface Disposition {
  key: string;
  title: string;
  needs: "promise" | null;
}

export interface ContactItem {
  at: IsoInstant;
  kind: string;
  channel: string;
}

/** A task with what the operator has to know before calling. */
export interface TaskCard extends Omit<TaskListItem, "loan" | "borrower"> {
  instruction: string;
  note: string | null;
  dispositions: Disposition[];
  loan: LoanFacts;
  borrower: BorrowerFacts;
  payments: Payment[];
  promises: PaymentPromise[];
  contacts: ContactItem[];
  /** Whether one may call now; null once the task is closed. */
  call: ContactChance | null;
}
