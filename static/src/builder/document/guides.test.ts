import { describe, expect, it } from "vitest";

import { align, around } from "./guides";

const box = (x: number, y: number, width = 240, height = 100) => ({ x, y, width, height });

describe("alignment", () => {
  it("pulls a box into line with the nearest edge or middle, and shows the line", () => {
    const found = align(box(6, 300), [box(0, 0), box(500, 290)], 8);
    expect([found.dx, found.dy]).toEqual([-6, 0]);
    expect(found.guides).toContainEqual({ axis: "x", at: 0, from: 0, to: 400 });
  });

  it("aligns the middles of boxes of different widths", () => {
    const found = align(box(-37, 200, 320), [box(0, 0)], 8);
    expect(found.dx).toBe(-3);
    expect(found.guides).toContainEqual({ axis: "x", at: 120, from: 0, to: 300 });
  });

  it("leaves a box alone that is in line with nothing", () => {
    expect(align(box(60, 333), [box(0, 0)], 8)).toEqual({ dx: 0, dy: 0, guides: [] });
    expect(align(box(0, 0), [], 8).guides).toEqual([]);
  });

  it("takes many boxes as one", () => {
    expect(around([box(0, 0), box(300, 50)])).toEqual(box(0, 0, 540, 150));
  });
});
