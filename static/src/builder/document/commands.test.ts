import { describe, expect, it } from "vitest";

import { addAfter, addNode, addNote, addOnEdge, changeNote, changeParams, connect, insertOnEdge, isLoose, move, reconnect, refusalOf, rename } from "./commands";
import { remove } from "./deletion";
import { countingIds, done, grammar, refusal, sample, wires } from "./fixtures";
import { EMPTY_DOCUMENT } from "./types";
import { tidy } from "./tidy";

const SMS = { type: "sms", label: "SMS", params: { template: "hi" } };

describe("connecting", () => {
  it("refuses what the engine could not run", () => {
    const document = sample();
    const ask = (source: string, sourceHandle: string, target: string) =>
      refusalOf(document, { source, sourceHandle, target }, grammar);
    expect(ask("ask", "yes", "done")).toBe("taken");
    expect(ask("wait", "next", "wait")).toBe("self");
    expect(ask("text", "sent", "start")).toBe("entry");
    expect(ask("done", "next", "ask")).toBe("terminal");
    expect(ask("ask", "maybe", "done")).toBe("no_port");
    expect(ask("ask", "yes", "nobody")).toBe("missing");
  });

  it("draws an edge from a free port, and leaves the document alone when refused", () => {
    const document = done(remove(sample(), new Set(["e3"]), countingIds()));
    const joined = done(connect(document, { source: "ask", sourceHandle: "no", target: "wait" }, grammar, countingIds()));
    expect(wires(joined)).toContain("ask.no→wait");
    expect(refusal(connect(joined, { source: "ask", sourceHandle: "no", target: "done" }, grammar, countingIds()))).toBe(
      "taken",
    );
  });

  it("moves the end of an edge and keeps its id", () => {
    const moved = done(reconnect(sample(), "e2", { source: "ask", sourceHandle: "yes", target: "wait" }, grammar));
    expect(moved.edges.find((item) => item.id === "e2")?.target).toBe("wait");
    expect(moved.edges).toHaveLength(6);
    expect(refusal(reconnect(sample(), "e2", { source: "ask", sourceHandle: "no", target: "wait" }, grammar))).toBe("taken");
  });
});

describe("adding", () => {
  it("puts the first node where it was dropped, on the grid", () => {
    const document = done(addNode(EMPTY_DOCUMENT, SMS, { x: 13, y: 27 }, countingIds()));
    expect(document.nodes[0]).toMatchObject({ id: "n_1", position: { x: 10, y: 30 }, data: { params: { template: "hi" } } });
  });

  it("adds after a node and wires its first free port", () => {
    const document = done(remove(sample(), new Set(["e3"]), countingIds()));
    const change = addAfter(document, "ask", SMS, grammar, countingIds());
    expect(wires(done(change))).toContain("ask.no→n_1");
    expect(change).toMatchObject({ select: ["n_1"] });
  });

  it("leaves a new node unwired when no port is free, and never lays cards over each other", () => {
    const document = done(addAfter(sample(), "ask", SMS, grammar, countingIds()));
    expect(wires(document)).toEqual(wires(sample()));
    const places = document.nodes.map((item) => `${item.position.x},${item.position.y}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it("inserts into an edge and makes room below", () => {
    const document = done(addOnEdge(sample(), "e1", SMS, grammar, countingIds()));
    expect(wires(document)).toEqual(expect.arrayContaining(["start.next→n_1", "n_1.sent→ask"]));
    const y = (id: string) => document.nodes.find((item) => item.id === id)?.position.y ?? 0;
    expect(y("n_1")).toBeGreaterThan(y("start"));
    expect(y("ask")).toBeGreaterThan(y("n_1"));
    expect(y("done") - y("ask")).toBe(450);
    expect(refusal(addOnEdge(sample(), "e1", { ...SMS, type: "exit" }, grammar, countingIds()))).toBe("terminal");
  });
});

describe("deleting", () => {
  it("joins the neighbours of a middle node", () => {
    const document = done(remove(sample(), new Set(["wait"]), countingIds()));
    expect(wires(document)).toEqual(["ask.no→done", "ask.yes→text", "start.next→ask", "text.failed→done", "text.sent→done"]);
  });

  it("joins across a chain of deleted nodes when it leads to one place", () => {
    const document = done(remove(sample(), new Set(["text", "wait"]), countingIds()));
    expect(wires(document)).toEqual(["ask.no→done", "ask.yes→done", "start.next→ask"]);
  });

  it("does not guess a branch where a node led to several", () => {
    const document = done(remove(sample(), new Set(["ask"]), countingIds()));
    expect(wires(document)).not.toContainEqual(expect.stringContaining("start"));
  });

  it("never joins a node to itself", () => {
    const looped = done(reconnect(sample(), "e6", { source: "wait", sourceHandle: "next", target: "text" }, grammar));
    const document = done(remove(looped, new Set(["wait"]), countingIds()));
    expect(wires(document)).not.toContain("text.sent→text");
  });

  it("gives the same document back when there is nothing to delete", () => {
    const document = sample();
    expect(done(remove(document, new Set(["nobody"]), countingIds()))).toBe(document);
  });
});

describe("changing", () => {
  it("keeps untouched nodes identical, so that only one card redraws", () => {
    const document = sample();
    const changed = done(changeParams(document, "ask", { rule: 1 }));
    expect(changed.nodes[1]?.data.params).toEqual({ rule: 1 });
    expect(changed.nodes[0]).toBe(document.nodes[0]);
    expect(document.nodes[1]?.data.params).toEqual({});
  });

  it("answers the same document when nothing changed", () => {
    const document = sample();
    expect(done(rename(document, "ask", "ask"))).toBe(document);
    expect(done(move(document, new Map([["ask", { x: 0, y: 150 }]])))).toBe(document);
  });

  it("tidies from top to bottom without overlap", () => {
    const document = done(tidy(sample(), () => ({ width: 240, height: 100 }), grammar));
    const y = (id: string) => document.nodes.find((item) => item.id === id)?.position.y ?? 0;
    expect(y("start")).toBeLessThan(y("ask"));
    expect(y("ask")).toBeLessThan(y("text"));
    expect(y("wait")).toBeLessThan(y("done"));
  });

  it("tidies around what a person placed, when asked", () => {
    const placed = done(move(sample(), new Map([["text", { x: 1000, y: 777 }]]), true));
    const size = { width: 240, height: 100 };
    const tidied = done(tidy(placed, () => size, grammar, { keepPlaced: true }));
    expect(tidied.nodes.find((item) => item.id === "text")).toMatchObject({ position: { x: 1000, y: 777 }, placed: true });
    const near = (a: number, b: number, room: number) => Math.abs(a - b) < room;
    for (const one of tidied.nodes)
      for (const other of tidied.nodes)
        expect(one !== other && near(one.position.x, other.position.x, size.width) && near(one.position.y, other.position.y, size.height)).toBe(false);
    const all = done(tidy(placed, () => size, grammar));
    expect(all.nodes.some((item) => item.placed)).toBe(false);
    expect(done(tidy(all, () => size, grammar, { keepPlaced: true })).nodes).toEqual(all.nodes);
  });

  it("puts a loose step into the connection it is dropped on", () => {
    const loose = done(addNode(sample(), { type: "sms", label: "loose", params: {} }, { x: 0, y: 0 }, countingIds(), true));
    const id = loose.nodes.at(-1)?.id ?? "";
    expect(isLoose(loose, id, grammar)).toBe(true);
    expect(isLoose(loose, "wait", grammar)).toBe(false);
    expect(wires(done(insertOnEdge(loose, "e6", id, grammar, countingIds())))).toContain(`${id}.sent→done`);
    expect(refusal(insertOnEdge(loose, "e6", "text", grammar, countingIds()))).toBe("twice");
  });
});

describe("notes", () => {
  const noted = done(addNote(sample(), { x: 3, y: 7 }, "Ask why", countingIds()));
  const [note] = noted.notes;
  const id = note?.id ?? "";

  it("get a colour and a size, and lose them again without a trace", () => {
    const changed = done(changeNote(noted, id, { color: "work", width: 320, height: 90 }));
    expect(changed.notes).toEqual([{ ...note, color: "work", width: 320, height: 90 }]);
    expect(done(changeNote(changed, id, { color: null, width: null, height: null }))).toEqual(noted);
  });

  it("stay the same document when nothing is different", () => {
    expect(done(changeNote(noted, id, { text: "Ask why", color: null }))).toBe(noted);
    expect(refusal(changeNote(noted, "gone", { text: "?" }))).toBe("missing");
  });
});
