import { describe, expect, it } from "vitest";

import { lines } from "./lettering";
import { pictureOf } from "./picture";
import { EMPTY_DOCUMENT, type Grammar, type ScenarioDocument } from "./types";

const HOSTILE = `<script>alert("1")</script>&`;
const port = (key: string) => ({ key, title: HOSTILE, required: true });
const DRAWN: ScenarioDocument = {
  ...EMPTY_DOCUMENT,
  name: HOSTILE,
  nodes: ["a", "b"].map((id, place) => ({ id, type: "t", position: { x: 0, y: place * 200 }, data: { label: id, params: {} } })),
  edges: [{ id: "e", source: "a", sourceHandle: "yes", target: "b", targetHandle: "in" }],
  notes: [{ id: "n", position: { x: -300, y: 0 }, text: HOSTILE }],
};

const grammar: Grammar = { portsOf: () => [port("yes"), port("no")], isEntry: () => false, isTerminal: () => false, isCalled: () => false };

it("draws every step, connection and note, and takes hostile words as words", () => {
  const svg = pictureOf(DRAWN, grammar, () => ({ title: HOSTILE, words: HOSTILE, color: "#0284c7", ports: [port("yes"), port("no")] }));
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
  expect(parsed.querySelector("parsererror")).toBeNull();
  expect(parsed.querySelector("script")).toBeNull();
  expect(parsed.querySelector("title")?.textContent).toBe(HOSTILE);
  expect(parsed.querySelectorAll("path[marker-end]")).toHaveLength(1);
  expect(parsed.querySelectorAll("rect[rx='9']")).toHaveLength(2);
  expect(parsed.querySelectorAll("rect[rx='6']")).toHaveLength(2);
  expect(parsed.querySelectorAll("rect[rx='4']")).toHaveLength(1);
});

it("draws a note in its colour and size, and no more words than fit", () => {
  const note = { id: "n", position: { x: 0, y: 0 }, text: "one\ntwo\nthree", width: 300, height: 50, color: "work" };
  const svg = pictureOf({ ...EMPTY_DOCUMENT, notes: [note] }, grammar, () => ({ title: "", words: "", color: "", ports: [] }), undefined, () => "#d97706");
  const box = new DOMParser().parseFromString(svg, "image/svg+xml").querySelector("rect[rx='4']");
  expect(["width", "height", "fill"].map((name) => box?.getAttribute(name))).toEqual(["300", "50", "#d97706"]);
  expect(svg.match(/<text/g)).toHaveLength(2);
});

describe("lines", () => {
  const width = (text: string) => text.length;

  it("break at words, then inside words, and say what was cut", () => {
    expect(lines("one two three", 7, 3, width)).toEqual(["one two", "three"]);
    expect(lines("abcdefghij", 4, 3, width)).toEqual(["abcd", "efgh", "ij"]);
    expect(lines("one two three four", 7, 2, width)).toEqual(["one two", "three…"]);
    expect(lines("one\ntwo", 7, 3, width)).toEqual(["one", "two"]);
    expect(lines("", 7, 3, width)).toEqual([""]);
  });

  it("end whatever the text and however narrow the card", () => {
    for (const room of [0, 1, 2]) expect(lines("ab ".repeat(50), room, 2, width).length).toBeLessThanOrEqual(2);
  });
});
