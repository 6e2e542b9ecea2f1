import { describe, expect, it } from "vitest";
import type { Instalment } from "../api/types/loans";
import { nextPayment } from "./nextPayment";

const LOAN = { next_due_on: "2027-01-30", next_due_amount: 500, dpd_grace_days: 5 };

function line(number: number, due_on: string, state: string, paid = 0): Instalment {
  return { number, due_on, amount: 500, principal: 400, paid, paid_on: null, state };
}

describe("the next payment", () => {
  it("is the one that comes while nothing else waits", () => {
    const lines = [line(1, "2026-12-01", "paid", 500), line(2, "2026-12-15", "overdue"), line(3, "2027-01-30", "due")];
    expect(nextPayment(LOAN, lines)).toEqual({ on: "2027-01-30", amount: 500, graceEnds: null });
  });

  it("is what fell due and is within the grace, as far as it is unpaid", () => {
    const lines = [line(1, "2026-12-30", "grace", 200), line(2, "2027-01-02", "grace"), line(3, "2027-01-30", "due")];
    expect(nextPayment(LOAN, lines)).toEqual({ on: "2026-12-30", amount: 300, graceEnds: "2027-01-04" });
  });

  it("is none once everything has fallen due", () => {
    expect(nextPayment({ ...LOAN, next_due_on: null, next_due_amount: null }, [line(1, "2026-12-01", "paid", 500)])).toBeNull();
  });
});
