import { describe, expect, it } from "vitest";

import { changeParams, move, rename } from "./document/commands";
import { remove } from "./document/deletion";
import { countingIds, sample } from "./document/fixtures";
import { share } from "./share";
import { createBuilderStore } from "./store";

function opened(readOnly = false) {
  let clock = 0;
  const store = createBuilderStore(sample(), readOnly, () => clock);
  return { store, get: store.getState, pass: (ms: number) => (clock += ms) };
}

describe("undo and redo", () => {
  it("walk back and forth through every kind of edit, moves included", () => {
    const { get } = opened();
    const seen = [get().document];
    get().apply(move(get().document, new Map([["ask", { x: 50, y: 60 }]])));
    seen.push(get().document);
    get().apply(rename(get().document, "text", "Reminder"));
    seen.push(get().document);
    get().apply(remove(get().document, new Set(["wait"]), countingIds()));
    seen.push(get().document);
    for (const expected of [...seen].reverse().slice(1)) {
      get().undo();
      expect(get().document).toBe(expected);
    }
    for (const expected of seen.slice(1)) {
      get().redo();
      expect(get().document).toBe(expected);
    }
  });

  it("takes typing in one field as one step", () => {
    const { get, pass } = opened();
    for (const text of ["h", "he", "hel"]) {
      get().apply(changeParams(get().document, "text", { text }), "params:text");
      pass(200);
    }
    get().undo();
    expect(get().document.nodes[2]?.data.params).toEqual({});
  });

  it("starts a new step after a pause or in another field", () => {
    const { get, pass } = opened();
    get().apply(changeParams(get().document, "text", { text: "a" }), "params:text");
    pass(5_000);
    get().apply(changeParams(get().document, "text", { text: "ab" }), "params:text");
    get().apply(changeParams(get().document, "ask", { x: 1 }), "params:ask");
    get().undo();
    expect(get().document.nodes[1]?.data.params).toEqual({});
    get().undo();
    expect(get().document.nodes[2]?.data.params).toEqual({ text: "a" });
  });

  it("forgets the selection of what is gone, and nothing else", () => {
    const { get } = opened();
    get().select(["wait", "ask"]);
    get().apply(remove(get().document, new Set(["wait"]), countingIds()));
    get().select(["ask"]);
    get().undo();
    expect([...get().selection]).toEqual(["ask"]);
  });

  it("has no step for a command that changed nothing or was refused", () => {
    const { store, get } = opened();
    get().apply(rename(get().document, "ask", "ask"));
    expect(get().apply({ refused: "self" })).toBe("self");
    expect(store.temporal.getState().pastStates).toHaveLength(0);
  });

  it("edits nothing when read-only", () => {
    const { get } = opened(true);
    const before = get().document;
    get().apply(rename(before, "ask", "x"));
    expect(get().document).toBe(before);
  });
});

describe("shared parts", () => {
  it("keep their identity when a poll brings the same figures", () => {
    const older = { nodes: { a: { entered: 1, ports: { x: 2 } }, b: { entered: 5, ports: {} } }, revision: 1 };
    const newer = structuredClone(older);
    newer.nodes.b.entered = 6;
    const shared = share(older, newer);
    expect(shared.nodes.a).toBe(older.nodes.a);
    expect(shared.nodes.b).not.toBe(older.nodes.b);
    expect(shared).toEqual(newer);
    expect(share(older, structuredClone(older))).toBe(older);
    expect(share({ a: 1, b: 2 }, { a: 1 })).toEqual({ a: 1 });
  });
});
