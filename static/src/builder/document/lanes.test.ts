import { describe, expect, it } from "vitest";

import { countingIds, done, edge, grammar, node, sample } from "./fixtures";
import { addNode } from "./commands";
import { lanesOf, wayOf } from "./lanes";

describe("lanes", () => {
  /** ask ─no→ done runs under what stands between them. */
  const column = { ...sample(), nodes: sample().nodes.map((item) => ({ ...item, position: { ...item.position, x: 0 } })) };

  it("lead a connection beside the cards that it would run under", () => {
    const lane = lanesOf(column, grammar).get("e3") ?? 0;
    expect(lane < 0 || lane > 240).toBe(true);
  });

  it("are kept apart", () => {
    const twice = { ...column, edges: [...column.edges, edge("e9", "start", "next", "done")] };
    const lanes = [...lanesOf(twice, grammar).values()];
    expect(new Set(lanes).size).toBe(lanes.length);
    expect(lanes.length).toBeGreaterThan(1);
  });

  it("are not used where nothing is in the way", () => {
    const apart = { ...column, nodes: [node("ask", "condition", 0, 0), node("done", "exit", 600, 700), node("text", "sms", -400, 300)], edges: [edge("e3", "ask", "no", "done")] };
    expect(lanesOf(apart, grammar).size).toBe(0);
    expect(lanesOf(done(addNode(apart, { type: "sms", label: "", params: {} }, { x: 900, y: 0 }, countingIds())), grammar).size).toBe(0);
  });

  it("lead back up beside the cards, not behind them", () => {
    const loop = { ...column, edges: [edge("back", "wait", "next", "ask")] };
    const lane = lanesOf(loop, grammar).get("back") ?? 0;
    expect(lane < 0 || lane > 260).toBe(true);
    expect(wayOf({ x: 130, y: 562 }, { x: 130, y: 150 }, lane)).toMatch(new RegExp(`^M130 562L.*Q${lane} .*L130 150$`));
  });

  it("are drawn from the port to the step", () => {
    expect(wayOf({ x: 0, y: 0 }, { x: 100, y: 500 }, 300)).toMatch(/^M0 0C.*L300 442C.* 100 500$/);
  });
});
