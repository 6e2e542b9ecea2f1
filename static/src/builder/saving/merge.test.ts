import { describe, expect, it } from "vitest";

import { addNode, changeParams, move, rename, renameScenario } from "../document/commands";
import { remove } from "../document/deletion";
import { countingIds, done, edge, sample, wires } from "../document/fixtures";
import { isContested, leftOut, merged, unitsOf, type Choices } from "./merge";

const base = sample();
const MADE = { type: "sms", label: "New", params: {} };

function met(mine: typeof base, theirs: typeof base, choices: Choices = {}) {
  const units = unitsOf(base, mine, theirs);
  return { units, left: [...leftOut(units, choices)], document: merged(mine, theirs, units, choices) };
}

describe("two drafts out of one", () => {
  it("are joined without a loss when they touched different steps", () => {
    const mine = done(changeParams(done(addNode(base, MADE, { x: 900, y: 0 }, countingIds())), "wait", { days: 3 }));
    const theirs = done(renameScenario(done(rename(base, "ask", "Asked")), "Theirs"));
    const { units, left, document } = met(mine, theirs);
    expect(units.filter(isContested)).toEqual([]);
    expect(left).toEqual([]);
    expect(document.name).toBe("Theirs");
    expect(document.nodes.find((node) => node.id === "ask")?.data.label).toBe("Asked");
    expect(document.nodes.find((node) => node.id === "wait")?.data.params).toEqual({ days: 3 });
    expect(document.nodes).toHaveLength(base.nodes.length + 1);
    expect(wires(document)).toEqual(wires(base));
  });

  it("ask about a step that both changed, and keep what was not chosen", () => {
    const mine = done(changeParams(base, "text", { template: "mine" }));
    const theirs = done(changeParams(base, "text", { template: "theirs" }));
    const first = met(mine, theirs);
    expect(first.units.map((unit) => [unit.id, unit.mine, unit.theirs, isContested(unit)])).toEqual([["text", "changed", "changed", true]]);
    expect(first.left).toEqual(["theirs"]);
    const second = met(mine, theirs, { "node text": "theirs" });
    expect(second.left).toEqual(["mine"]);
    expect(second.document.nodes.find((node) => node.id === "text")?.data.params).toEqual({ template: "theirs" });
  });

  it("are one when both did the same", () => {
    const same = done(rename(base, "ask", "Asked"));
    expect(met(same, structuredClone(same)).units).toEqual([]);
  });

  it("prefer a change of what a step does to a move of its card", () => {
    const mine = done(move(base, new Map([["ask", { x: 500, y: 500 }]])));
    const theirs = done(changeParams(base, "ask", { a: 1 }));
    const { units, left, document } = met(mine, theirs);
    expect(units.filter(isContested)).toEqual([]);
    expect(left).toEqual([]);
    expect(document.nodes.find((node) => node.id === "ask")?.data.params).toEqual({ a: 1 });
  });

  it("keep a step that one deleted and the other changed, when that is chosen", () => {
    const mine = done(remove(base, new Set(["wait"]), countingIds()));
    const theirs = done(changeParams(base, "wait", { days: 9 }));
    expect(met(mine, theirs).document.nodes.some((node) => node.id === "wait")).toBe(false);
    const kept = met(mine, theirs, { "node wait": "theirs", "node text": "theirs" }).document;
    expect(wires(kept)).toEqual(wires(base));
  });

  it("never leave a line to a step that is gone", () => {
    const mine = done(remove(base, new Set(["done"]), countingIds()));
    const theirs = { ...base, edges: [...base.edges.filter((item) => item.id !== "e6"), edge("e9", "wait", "next", "done")] };
    const { document } = met(mine, theirs);
    const ids = new Set(document.nodes.map((node) => node.id));
    expect(document.edges.every((item) => ids.has(item.source) && ids.has(item.target))).toBe(true);
  });

  it("count a note's colour as an edit and its size as a move", () => {
    const note = (more: object) => ({ ...base, notes: [{ id: "note1", position: { x: 0, y: 0 }, text: "why", ...more }] });
    expect(unitsOf(note({}), note({ color: "work" }), note({ width: 300 }))).toMatchObject([{ kind: "note", mine: "changed", theirs: "moved" }]);
  });

  it("join notes like steps", () => {
    const note = (text: string) => ({ ...base, notes: [{ id: "note1", position: { x: 0, y: 0 }, text }] });
    const { units, document } = met(note("mine"), base);
    expect(units).toHaveLength(1);
    expect(document.notes[0]?.text).toBe("mine");
  });
});
