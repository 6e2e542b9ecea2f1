import { describe, expect, it } from "vitest";
import { type Desk, fitting, initial, isComplete, later, termOf } from "./model";

const OWED = { principal: 0, principal_overdue: 100, interest: 5, interest_overdue: 20, penalty: 3, fee: 0, credit: 0, balance: 128, overdue: 123 };
const DESK: Desk = {
  today: "2026-12-31",
  product_kind: "bullet",
  unit: "day",
  rate_ppm: 8000,
  rate_per: "day",
  prolongations: 3,
  prolonged: 0,
  prolonged_on: null,
  owed: OWED,
  pauses: [],
  requests: [],
};

describe("changes of a loan", () => {
  it("offers what fits the loan", () => {
    expect(fitting(DESK)).not.toContain("redrawn");
    expect(fitting(DESK)).not.toContain("resumed");
    expect(fitting(DESK)).toContain("prolonged");
    expect(fitting({ ...DESK, prolongations: 0 })).not.toContain("prolonged");
    const paused = { kind: "dispute", first: "2026-12-01", last: null, interest_stops: false, penalty_stops: false, ground: null };
    expect(fitting({ ...DESK, product_kind: "annuity", pauses: [paused] })).toEqual(expect.arrayContaining(["redrawn", "resumed"]));
    expect(fitting({ ...DESK, owed: { ...OWED, overdue: 0 } })).not.toContain("judged");
  });

  it("begins a judgment with all that is owed", () => {
    expect(initial("judged", DESK)).toMatchObject({ day: "2026-12-31", principal: 100, interest: 25, penalty: 3, costs: 0 });
  });

  it("waits until everything needed is there", () => {
    expect(isComplete(initial("paused", DESK))).toBe(true);
    expect(isComplete(initial("holidays", DESK))).toBe(false);
    expect(isComplete({ reason: " " })).toBe(false);
  });

  it("tells days that were offered in the unit of the terms", () => {
    expect([termOf(14, "day"), termOf(14, "week"), termOf(10, "week"), termOf(30, "month")]).toEqual([14, 2, null, null]);
  });

  it("counts days over the end of a year", () => {
    expect(later("2026-12-31", 1)).toBe("2027-01-01");
  });
});
