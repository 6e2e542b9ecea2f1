import { describe, expect, it } from "vitest";

import type { Grammar, ScenarioDocument, ScenarioNode } from "./types";
import { freePorts, walk } from "./walking";

const node = (id: string, type: string, x: number, y: number): ScenarioNode => ({ id, type, position: { x, y }, data: { label: id, params: {} } });
const edge = (source: string, sourceHandle: string, target: string) => ({ id: `${source}${sourceHandle}`, source, sourceHandle, target, targetHandle: "in" as const });
const port = (key: string) => ({ key, title: key, required: true });
const GRAMMAR: Grammar = {
  portsOf: ({ type }) => (type === "fork" ? ["yes", "no", "later"].map(port) : type === "end" ? [] : [port("next")]),
  isEntry: (type) => type === "entry",
  isCalled: () => false,
  isTerminal: (type) => type === "end",
};
const DRAWN: ScenarioDocument = {
  format: 1,
  name: "walk",
  settings: {},
  notes: [],
  nodes: [node("in", "entry", 0, 0), node("other", "entry", 400, 0), node("fork", "fork", 0, 100), node("left", "end", 0, 200), node("right", "end", 200, 200)],
  edges: [edge("in", "next", "fork"), edge("fork", "no", "right"), edge("fork", "yes", "left")],
};
const go = (from: string | null, direction: Parameters<typeof walk>[2]) => walk(DRAWN, from, direction, GRAMMAR);

describe("a walk over the graph", () => {
  it("begins at the first entry", () => expect(go(null, "down")).toBe("in"));
  it("goes down by the first port and up again", () => {
    expect(go("in", "down")).toBe("fork");
    expect(go("fork", "down")).toBe("left");
    expect(go("left", "up")).toBe("fork");
  });
  it("goes sideways in the order of the ports, and from entry to entry", () => {
    expect(go("left", "right")).toBe("right");
    expect(go("right", "left")).toBe("left");
    expect(go("in", "right")).toBe("other");
  });
  it("stops where nothing follows", () => {
    expect(go("right", "right")).toBeNull();
    expect(go("right", "down")).toBeNull();
    expect(go("in", "up")).toBeNull();
  });
  it("knows the ports that are free", () => {
    const fork = DRAWN.nodes[2] as ScenarioNode;
    expect(freePorts(DRAWN, fork, GRAMMAR).map((item) => item.key)).toEqual(["later"]);
  });
});
