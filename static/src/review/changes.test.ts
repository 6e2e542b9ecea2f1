import { describe, expect, it } from "vitest";
import type { ScenarioDocument } from "../api/types/scenarios";
import { changesOf } from "./changes";

function node(id: string, label: string, params: Record<string, unknown> = {}, x = 0): ScenarioDocument["nodes"][number] {
  return { id, type: "sms", position: { x, y: 0 }, data: { label, params } };
}

function document(part: Partial<ScenarioDocument> = {}): ScenarioDocument {
  return { format: 1, name: "Soft", settings: {}, nodes: [node("a", "SMS"), node("b", "End")], edges: [], notes: [], ...part };
}

describe("changes between two documents", () => {
  it("are none when only positions differ", () => {
    expect(changesOf(document(), document({ nodes: [node("a", "SMS", {}, 400), node("b", "End")] }))).toEqual([]);
  });

  it("name what was added, removed and changed", () => {
    const after = document({ nodes: [node("a", "SMS", { template: "new" }), node("c", "Call")] });
    expect(changesOf(document(), after)).toEqual([
      { kind: "changed", of: "node", what: "SMS" },
      { kind: "added", of: "node", what: "Call" },
      { kind: "removed", of: "node", what: "End" },
    ]);
  });

  it("see other connections and other settings", () => {
    const edge = { id: "e", source: "a", sourceHandle: "sent", target: "b", targetHandle: "in" };
    expect(changesOf(document(), document({ edges: [edge], settings: { priority: 2 } }))).toEqual([
      { kind: "changed", of: "edges", what: "" },
      { kind: "changed", of: "settings", what: "" },
    ]);
  });
});
