/** Where words on connections stand: on their own connection, off the cards and off each other, so that all can be read. */
import { lengthOf, pointOn, TURN } from "./lanes";
import type { Position } from "./types";

export interface Box extends Position {
  readonly width: number;
  readonly height: number;
}

/** A connection that says something. */
export interface Worded {
  readonly id: string;
  readonly from: Position;
  readonly to: Position;
  readonly lane: number | undefined;
  /** its port among the ports of its step */
  readonly place: number;
  readonly count: number;
  /** of its words, with their pill */
  readonly width: number;
}

export const LABEL_HEIGHT = 19;
/** How far below the card words stand, and from each other: those of neighbouring ports one below the other. */
const FIRST = 15;
const NEXT = 21;
/** between the words of two connections */
const GAP = 3;
/** Words beside a lane begin so near to it. */
const BESIDE = 10;
const CELL = 160;
/** Farther than so many steps from the usual place words would be looked for in vain. */
const TRIES = 40;
/** A connection longer than this says its port at any time: its step may be far from where one looks. */
const LONG = 330;

export function isLong(from: Position, to: Position, lane: number | undefined): boolean {
  return to.y < from.y || lane !== undefined || Math.hypot(to.x - from.x, to.y - from.y) > LONG;
}

/** How far words on a lane reach to the left of it; without a lane they stand in the middle. */
export function reachLeft({ from, to, lane, width }: Pick<Worded, "from" | "to" | "lane" | "width">): number {
  if (lane === undefined || to.y < from.y) return width / 2;
  return lane < from.x ? width - BESIDE : BESIDE;
}

/** The share of the height at which the words of a port stand when nothing is in the way: closer together where the way is short. */
export function usualPlace(height: number, place: number, count: number): number {
  const step = count > 1 ? Math.min(NEXT, Math.max(0, height - 2 * FIRST) / (count - 1)) : 0;
  return count > 1 ? Math.min(0.9, (FIRST + step * place) / Math.max(1, height)) : 0.5;
}

/** What is in the way, looked up by where it is. */
class Ground {
  private readonly cells = new Map<string, Box[]>();

  private *keys({ x, y, width, height }: Box): Iterable<string> {
    for (let column = Math.floor(x / CELL); column <= Math.floor((x + width) / CELL); column += 1) {
      for (let row = Math.floor(y / CELL); row <= Math.floor((y + height) / CELL); row += 1) yield `${column} ${row}`;
    }
  }

  add(box: Box): void {
    for (const key of this.keys(box)) {
      const known = this.cells.get(key);
      if (known) known.push(box);
      else this.cells.set(key, [box]);
    }
  }

  /** The area of a box that is taken. */
  taken(box: Box): number {
    const near = new Set([...this.keys(box)].flatMap((key) => this.cells.get(key) ?? []));
    let area = 0;
    for (const other of near) {
      const wide = Math.min(box.x + box.width, other.x + other.width) - Math.max(box.x, other.x);
      const high = Math.min(box.y + box.height, other.y + other.height) - Math.max(box.y, other.y);
      if (wide > 0 && high > 0) area += wide * high;
    }
    return area;
  }
}

function boxAt(wire: Worded, share: number): Box {
  const { x, y } = pointOn(wire.from, wire.to, wire.lane, share);
  return { x: x - reachLeft(wire) - GAP, y: y - LABEL_HEIGHT / 2, width: wire.width + 2 * GAP, height: LABEL_HEIGHT };
}

/** The places that are tried: the usual one, then ever farther from it, to and fro along the connection. */
function* tried({ from, to, lane, place, count }: Worded): Iterable<number> {
  const length = Math.max(1, lengthOf(from, to, lane));
  // in a lane where the connection has begun to run straight down
  const wanted = to.y < from.y ? 0.5 : lane === undefined ? usualPlace(length, place, count) : (TURN + LABEL_HEIGHT / 2) / length;
  const margin = Math.min(0.5, FIRST / length);
  const usual = Math.min(Math.max(wanted, margin), 1 - margin);
  yield usual;
  const most = Math.min(TRIES, Math.ceil(length / (NEXT / 2)));
  for (let step = 1; step <= most; step += 1) {
    for (const side of [1, -1]) {
      const share = usual + (side * step * (NEXT / 2)) / length;
      if (share >= margin && share <= 1 - margin) yield share;
    }
  }
}

/** The share of its length (0…1) at which each connection's words stand. */
export function labelPlaces(wires: readonly Worded[], cards: readonly Box[]): ReadonlyMap<string, number> {
  const ground = new Ground();
  cards.forEach((card) => ground.add(card));
  const places = new Map<string, number>();
  // the short ones first: they have the least choice
  for (const wire of wires.toSorted((a, b) => a.to.y - a.from.y - (b.to.y - b.from.y))) {
    let best = { share: 0.5, taken: Infinity };
    for (const share of tried(wire)) {
      const taken = ground.taken(boxAt(wire, share));
      if (taken < best.taken) best = { share, taken };
      if (taken === 0) break;
    }
    places.set(wire.id, best.share);
    ground.add(boxAt(wire, best.share));
  }
  return places;
}
