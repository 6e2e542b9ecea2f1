import type { Instalment, LoanFacts } from "../api/types/loans";
import type { IsoDay, Kopecks } from "../api/types";

export interface NextPayment {
  on: IsoDay;
  amount: Kopecks | null;
  /** It fell due, and is overdue after this day. */
  graceEnds: IsoDay | null;
}

/** What is to be paid next: an instalment that fell due and is still within the grace, else the one that comes. */
export function nextPayment(loan: Pick<LoanFacts, "next_due_on" | "next_due_amount" | "dpd_grace_days">, instalments: readonly Instalment[]): NextPayment | null {
  const waiting = instalments.find((line) => line.state === "grace");
  if (waiting) {
    const ends = Date.parse(`${waiting.due_on}T00:00:00Z`) + loan.dpd_grace_days * 86_400_000;
    return { on: waiting.due_on, amount: waiting.amount - waiting.paid, graceEnds: new Date(ends).toISOString().slice(0, 10) };
  }
  return loan.next_due_on ? { on: loan.next_due_on, amount: loan.next_due_amount, graceEnds: null } : null;
}
