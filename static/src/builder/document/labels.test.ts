import { expect, it } from "vitest";

import { LABEL_HEIGHT, labelPlaces, reachLeft, type Box, type Worded } from "./labels";
import { pointOn } from "./lanes";

function boxOf(wire: Worded, share: number): Box {
  const { x, y } = pointOn(wire.from, wire.to, wire.lane, share);
  return { x: x - reachLeft(wire), y: y - LABEL_HEIGHT / 2, width: wire.width, height: LABEL_HEIGHT };
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Six ways out of one card, to steps in a row below it. */
const FAN: Worded[] = [0, 1, 2, 3, 4, 5].map((place) => ({
  id: `e${place}`,
  from: { x: 40 + place * 80, y: 112 },
  to: { x: -600 + place * 300, y: 292 },
  lane: undefined,
  place,
  count: 6,
  width: 190,
}));

it("words of neighbouring ways out do not touch each other or a card", () => {
  const cards = [{ x: 0, y: 0, width: 480, height: 112 }, ...FAN.map(({ to }) => ({ x: to.x - 130, y: to.y, width: 260, height: 112 }))];
  const places = labelPlaces(FAN, cards);
  const boxes = FAN.map((wire) => boxOf(wire, places.get(wire.id) ?? 0));
  const all = [...boxes, ...cards];
  boxes.forEach((box, place) => expect(all.filter((other) => other !== box && overlaps(box, other)), `e${place}`).toEqual([]));
});

it("words that meet those of another step's way go along their own", () => {
  const one: Worded = { id: "a", from: { x: 0, y: 0 }, to: { x: 0, y: 400 }, lane: undefined, place: 0, count: 1, width: 120 };
  const other: Worded = { ...one, id: "b", from: { x: 60, y: 0 }, to: { x: 60, y: 400 } };
  const places = labelPlaces([one, other], []);
  expect(places.get("a")).toBe(0.5);
  expect(overlaps(boxOf(one, 0.5), boxOf(other, places.get("b") ?? 0))).toBe(false);
});
