import { describe, expect, it } from "vitest";

import type { NodeNumbers } from "../model";
import { heatOf } from "./heat";

const node = (part: Partial<NodeNumbers>): NodeNumbers => ({
  before: 0, entered: 0, entered_amount: 0, here: 0, left: 0, failed: 0, ports: {}, paid_cases: 0, paid_amount: 0, lost: 0, dwell: null, days: [], ...part,
});

describe("heat", () => {
  const nodes = {
    busy: node({ entered: 200, paid_amount: 10, lost: 2, dwell: 3600 }),
    slow: node({ entered: 50, paid_amount: 40, lost: 25, dwell: 30 * 86_400 }),
    idle: node({}),
  };

  it("is that of the busiest, slowest, leakiest or best step, as chosen", () => {
    expect(heatOf(nodes, "flow", "busy")).toBe(1);
    expect(heatOf(nodes, "flow", "slow")).toBe(0.25);
    expect(heatOf(nodes, "money", "slow")).toBe(1);
    expect(heatOf(nodes, "loss", "slow")).toBe(1);
    expect(heatOf(nodes, "loss", "busy")).toBeCloseTo(0.02);
    expect(heatOf(nodes, "dwell", "slow")).toBe(1);
  });

  it("still shows a wait of an hour beside one of a month", () => {
    expect(heatOf(nodes, "dwell", "busy")).toBeGreaterThan(0.1);
  });

  it("is nothing where nothing was measured, or when it is off", () => {
    expect(heatOf(nodes, "dwell", "idle")).toBe(0);
    expect(heatOf(nodes, "none", "busy")).toBe(0);
    expect(heatOf({}, "flow", "busy")).toBe(0);
  });
});
