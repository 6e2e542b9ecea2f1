/** Lines that show, while something is dragged, what it stands in line with. */
import type { Position } from "./types";

export interface Box extends Position {
  readonly width: number;
  readonly height: number;
}

export interface Guide {
  /** `x`: a vertical line at this x */
  readonly axis: "x" | "y";
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface Alignment {
  /** how far the dragged box jumps to stand in line */
  readonly dx: number;
  readonly dy: number;
  readonly guides: readonly Guide[];
}

interface Side {
  readonly size: "width" | "height";
  readonly axis: "x" | "y";
}

const SIDES: readonly Side[] = [
  { axis: "x", size: "width" },
  { axis: "y", size: "height" },
];

/** Near edge, middle, far edge. */
function marks(box: Box, { axis, size }: Side): number[] {
  return [box[axis], box[axis] + box[size] / 2, box[axis] + box[size]];
}

function alongAxis(moving: Box, others: readonly Box[], side: Side, reach: number): { shift: number; guides: Guide[] } {
  let shift = Infinity;
  for (const other of others) {
    marks(other, side).forEach((mark, place) => {
      const own = marks(moving, side)[place] ?? 0;
      if (Math.abs(mark - own) <= reach && Math.abs(mark - own) < Math.abs(shift)) shift = mark - own;
    });
  }
  if (!Number.isFinite(shift)) return { shift: 0, guides: [] };
  const cross = SIDES.find((one) => one.axis !== side.axis) as Side;
  const placed = { ...moving, [side.axis]: moving[side.axis] + shift };
  const guides = marks(placed, side).flatMap((at, place): Guide[] => {
    const inLine = others.filter((other) => Math.abs((marks(other, side)[place] ?? Infinity) - at) < 0.5);
    if (inLine.length === 0) return [];
    const ends = [placed, ...inLine].flatMap((box) => [box[cross.axis], box[cross.axis] + box[cross.size]]);
    return [{ axis: side.axis, at, from: Math.min(...ends), to: Math.max(...ends) }];
  });
  return { shift, guides };
}

/** Where the dragged box should stand so that an edge or a middle is in line with another box within `reach`. */
export function align(moving: Box, others: readonly Box[], reach: number): Alignment {
  const [horizontal, vertical] = SIDES.map((side) => alongAxis(moving, others, side, reach));
  return {
    dx: horizontal?.shift ?? 0,
    dy: vertical?.shift ?? 0,
    guides: [...(horizontal?.guides ?? []), ...(vertical?.guides ?? [])],
  };
}

/** The smallest box around some boxes. */
export function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}
