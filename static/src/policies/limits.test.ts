import { describe, expect, it } from "vitest";
import type { PolicyLimit } from "../api/types/policies";
import { limitOf, rowOf } from "./limits";

const LIMITS: PolicyLimit[] = [
  { kind: "message", contacts: 2, windows: [{ calendar: "day" }, { rolling_hours: 24 }], per: "borrower", counts: "attempts" },
  { kind: "message", contacts: 16, windows: [{ calendar: "month" }, { rolling_days: 31 }], per: "borrower", counts: "attempts" },
  { kind: "call", contacts: 0, windows: [{ rolling_days: 7 }], per: "loan", counts: "talks" },
  { kind: "call", contacts: 3, windows: [{ calendar: "week" }], per: "borrower", counts: "attempts" },
];

describe("a limit in the form", () => {
  it.each(LIMITS)("comes back as it was: %j", (limit) => {
    expect(limitOf(rowOf(limit))).toEqual(limit);
  });
});
