import { describe, expect, it } from "vitest";

import { collapse, partDocument, partRefusal, unfold, type PartKinds } from "./collapse";
import { countingIds, done, edge, grammar, node, sample } from "./fixtures";
import { EMPTY_DOCUMENT, isRefused, type ScenarioDocument } from "./types";

const KINDS: PartKinds = {
  caller: { type: "call", label: "", params: { scenario: "" }, param: "scenario" },
  entry: { type: "entry.call", label: "called", params: {} },
  exit: { type: "exit", label: "end", params: {} },
};

function part(document: ScenarioDocument, chosen: string[]): ScenarioDocument {
  const made = partDocument(document, new Set(chosen), KINDS, "Part", grammar, countingIds());
  if ("refused" in made) throw new Error(made.refused);
  return made.document;
}

/** Wires between steps as they are called, so that fresh ids do not matter. */
function meaning(document: ScenarioDocument): string[] {
  const labels = new Map(document.nodes.map((item) => [item.id, item.data.label]));
  return document.edges.map((item) => `${labels.get(item.source) ?? "?"}.${item.sourceHandle}→${labels.get(item.target) ?? "?"}`).sort();
}

function collapsed(document: ScenarioDocument, chosen: string[]): ScenarioDocument {
  return done(collapse(document, new Set(chosen), KINDS, "part-1", "Part", grammar, countingIds()));
}

describe("a part", () => {
  it("becomes a scenario that is called, begins by call and ends where it went on", () => {
    const inner = part({ ...sample(), settings: { track: "collection", holdout_percent: 5 } }, ["text", "wait"]);
    expect(meaning(inner)).toEqual(["called.next→text", "text.failed→end", "text.sent→wait", "wait.next→end"]);
    expect(inner.settings).toEqual({ track: "collection", holdout_percent: 0 });
    expect(inner.name).toBe("Part");
  });

  it("leaves one step behind that every way of the part goes through", () => {
    const outer = collapsed(sample(), ["text", "wait"]);
    expect(meaning(outer)).toEqual(["Part.done→done", "Part.skipped→done", "ask.no→done", "ask.yes→Part", "start.next→ask"]);
    expect(outer.nodes.find((item) => item.type === "call")?.data.params).toEqual({ scenario: "part-1" });
  });

  it("leaves a chosen end outside: a loan that ends in the part has only finished the part", () => {
    const outer = collapsed(sample(), ["text", "wait", "done"]);
    expect(meaning(outer)).toContain("Part.done→done");
  });

  it("takes several ends along when nothing comes after them", () => {
    const forked = {
      ...sample(),
      nodes: [...sample().nodes, node("lost", "exit", 200, 600)],
      edges: sample().edges.map((item) => (item.id === "e3" ? { ...item, target: "lost" } : item)),
    };
    const chosen = ["ask", "text", "wait", "done", "lost"];
    expect(meaning(part(forked, chosen))).toContain("ask.no→lost");
    const outer = collapsed(forked, chosen);
    expect(meaning(outer)).toEqual(["Part.done→end", "Part.skipped→end", "start.next→Part"]);
    const back = done(unfold(outer, outer.nodes.find((item) => item.type === "call")?.id ?? "", part(forked, chosen), grammar, countingIds()));
    expect(meaning(back)).toEqual(meaning(forked));
  });

  it.each([
    ["an entry cannot be sent to", ["start", "ask"], "part_entry"],
    ["a branch whose ways meet again is a part", ["text", "wait"], null],
    ["ends alone are no part", ["done"], "part_empty"],
    ["two steps after it are two ways on", ["ask"], "part_ways"],
  ])("%s", (_why, chosen, refused) => {
    expect(partRefusal(sample(), new Set(chosen), grammar)).toBe(refused);
  });

  it("is refused where loans come in at two steps, or nowhere", () => {
    const twice = { ...sample(), edges: [...sample().edges, edge("e9", "start", "other", "wait")] };
    expect(partRefusal(twice, new Set(["text", "wait"]), grammar)).toBe("part_heads");
    const loose = { ...sample(), edges: [] };
    expect(partRefusal(loose, new Set(["text"]), grammar)).toBe("part_alone");
  });

  it("comes back as it was", () => {
    for (const chosen of [["text", "wait"], ["wait"], ["ask", "text", "wait"]]) {
      const inner = part(sample(), chosen);
      const outer = collapsed(sample(), chosen);
      const caller = outer.nodes.find((item) => item.type === "call")?.id ?? "";
      const back = done(unfold(outer, caller, inner, grammar, countingIds()));
      expect(meaning(back)).toEqual(meaning(sample()));
    }
  });

  it("does not come back from a scenario without a step", () => {
    const outer = collapsed(sample(), ["wait"]);
    const caller = outer.nodes.find((item) => item.type === "call")?.id ?? "";
    const change = unfold(outer, caller, EMPTY_DOCUMENT, grammar, countingIds());
    expect(isRefused(change) && change.refused).toBe("part_empty");
  });
});
