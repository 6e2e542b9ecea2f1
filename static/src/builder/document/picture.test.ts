import { expect, it } from "vitest";

import { pictureOf } from "./picture";
import { EMPTY_DOCUMENT, type ScenarioDocument } from "./types";

const HOSTILE = `<script>alert("1")</script>&`;
const port = (key: string) => ({ key, title: HOSTILE, required: true });
const DRAWN: ScenarioDocument = {
  ...EMPTY_DOCUMENT,
  name: HOSTILE,
  nodes: ["a", "b"].map((id, place) => ({ id, type: "t", position: { x: 0, y: place * 200 }, data: { label: id, params: {} } })),
  edges: [{ id: "e", source: "a", sourceHandle: "yes", target: "b", targetHandle: "in" }],
  notes: [{ id: "n", position: { x: -300, y: 0 }, text: HOSTILE }],
};

it("draws every step, connection and note, and takes hostile words as words", () => {
  const svg = pictureOf(DRAWN, () => ({ title: HOSTILE, words: HOSTILE, color: "#0284c7", ports: [port("yes"), port("no")] }));
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
  expect(parsed.querySelector("parsererror")).toBeNull();
  expect(parsed.querySelector("script")).toBeNull();
  expect(parsed.querySelector("title")?.textContent).toBe(HOSTILE);
  expect(parsed.querySelectorAll("path[marker-end]")).toHaveLength(1);
  expect(parsed.querySelectorAll("rect[rx='9']")).toHaveLength(2);
  expect(parsed.querySelectorAll("rect[rx='6']")).toHaveLength(3);
});
