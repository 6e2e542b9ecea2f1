/** The ways of connections: down in a curve, back up in corners, and in a lane beside the cards that they would run under. */
import { NODE_HEIGHT, nodeWidth, ROW } from "./geometry";
import type { Grammar, Position, ScenarioDocument } from "./types";

interface Card extends Position {
  readonly id: string;
  readonly width: number;
  readonly ports: readonly string[];
}

/** room between a lane and a card, and between two lanes */
const BESIDE = 22;
const APART = 12;
/** a connection turns into its lane, and out of it, within so much height */
export const TURN = 58;
/** a connection that leads back up goes so far below its step, and above the other, before it turns */
const AROUND = 26;
const CORNER = 14;

function cardsOf(document: ScenarioDocument, grammar: Grammar): Map<string, Card> {
  return new Map(
    document.nodes.map((node) => {
      const ports = grammar.portsOf(node).map((port) => port.key);
      return [node.id, { id: node.id, ...node.position, width: nodeWidth(ports.length), ports }];
    }),
  );
}

/** A point of the curve that the canvas draws from a port down to a step; `t` runs from 0 to 1. */
function along(from: Position, to: Position, t: number): Position {
  const bend = (to.y - from.y) / 2;
  const mix = (a: number, b: number, c: number, d: number) => a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t ** 2 * (1 - t) + d * t ** 3;
  return { x: mix(from.x, from.x, to.x, to.x), y: mix(from.y, from.y + bend, to.y - bend, to.y) };
}

const SAMPLES = [0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85];

function covers(card: Card, { x, y }: Position): boolean {
  return x > card.x - 4 && x < card.x + card.width + 4 && y > card.y - 4 && y < card.y + NODE_HEIGHT;
}

/** How many lanes run side by side at each side of a gap. */
const LANES = [0, 1, 2, 3, 4];

/** What is free of cards from side to side, left to right as the cards come; the outermost have no end. */
function gapsOf(cards: readonly Card[]): [left: number, right: number][] {
  const gaps: [number, number][] = [];
  let left = -Infinity;
  for (const card of cards) {
    if (card.x - BESIDE / 2 > left) gaps.push([left, card.x - BESIDE / 2]);
    left = Math.max(left, card.x + card.width + BESIDE / 2);
  }
  return [...gaps, [left, Infinity]];
}

/** The x of the lane of each connection that needs one. */
export function lanesOf(document: ScenarioDocument, grammar: Grammar): ReadonlyMap<string, number> {
  const cards = cardsOf(document, grammar);
  const lanes = new Map<string, number>();
  const used: { x: number; from: number; to: number }[] = [];
  const all = [...cards.values()].sort((a, b) => a.x - b.x);
  for (const edge of document.edges) {
    const [source, target] = [cards.get(edge.source), cards.get(edge.target)];
    if (!source || !target) continue;
    const place = Math.max(0, source.ports.indexOf(edge.sourceHandle));
    const from = { x: source.x + (source.width * (place + 0.5)) / Math.max(1, source.ports.length), y: source.y + NODE_HEIGHT };
    const to = { x: target.x + target.width / 2, y: target.y };
    const isUp = to.y < from.y;
    if (!isUp && target.y - source.y < 1.5 * ROW) continue;
    const [top, bottom] = isUp ? [to.y - AROUND, from.y + AROUND] : [from.y + TURN / 2, to.y - TURN / 2];
    const between = all.filter((card) => (isUp || (card !== source && card !== target)) && card.y < bottom && card.y + NODE_HEIGHT > top);
    const points = isUp ? between.map((card) => ({ x: (from.x + to.x) / 2, y: card.y })) : SAMPLES.map((t) => along(from, to, t));
    const [left, right] = [Math.min(from.x, to.x) - 4, Math.max(from.x, to.x) + 4];
    const isClear = !between.some((card) => card.x < right && card.x + card.width > left && points.some((point) => covers(card, point)));
    const isFree = (x: number) => used.every((lane) => Math.abs(lane.x - x) >= APART || lane.to < top || lane.from > bottom);
    if (isClear && (!isUp || isFree((from.x + to.x) / 2))) {
      if (isUp) used.push({ x: (from.x + to.x) / 2, from: top, to: bottom });
      continue;
    }
    const cost = (x: number) => Math.abs(x - from.x) + Math.abs(x - to.x);
    const best = gapsOf(between)
      .flatMap(([left, right]) => LANES.flatMap((step) => [left + BESIDE / 2 + step * APART, right - BESIDE / 2 - step * APART]).filter((x) => x > left && x < right))
      .sort((a, b) => cost(a) - cost(b))
      .find(isFree);
    if (best === undefined) continue;
    lanes.set(edge.id, best);
    used.push({ x: best, from: top, to: bottom });
  }
  return lanes;
}

/** The corners of a connection that leads back up. */
function cornersUp(from: Position, to: Position, lane: number | undefined): Position[] {
  const x = lane ?? (from.x + to.x) / 2;
  return [from, { x: from.x, y: from.y + AROUND }, { x, y: from.y + AROUND }, { x, y: to.y - AROUND }, { x: to.x, y: to.y - AROUND }, to];
}

/** The share `t` of a curve's way at which `y(t)`, which only grows, is so large. */
function solve(y: (t: number) => number, wanted: number): number {
  let [low, high] = [0, 1];
  for (let round = 0; round < 10; round += 1) {
    const t = (low + high) / 2;
    if (y(t) < wanted) low = t;
    else high = t;
  }
  return (low + high) / 2;
}

/** The x on the turn from a port at `from` into a lane, so far below the port. */
function turning(from: number, lane: number, below: number): number {
  const t = solve((t) => 2.1 * t * (1 - t) ** 2 + 0.9 * t ** 2 * (1 - t) + t ** 3, below / TURN);
  return from + (lane - from) * (3 * t ** 2 * (1 - t) + t ** 3);
}

/** How long a connection is, as `pointOn` counts: its height, or its whole way when it leads back up. */
export function lengthOf(from: Position, to: Position, lane: number | undefined): number {
  if (to.y >= from.y) return to.y - from.y;
  const corners = cornersUp(from, to, lane);
  return corners.slice(1).reduce((sum, point, place) => sum + Math.hypot(point.x - (corners[place]?.x ?? 0), point.y - (corners[place]?.y ?? 0)), 0);
}

/** Where a connection is when a share of its length lies behind. */
export function pointOn(from: Position, to: Position, lane: number | undefined, share: number): Position {
  if (to.y < from.y) {
    let left = lengthOf(from, to, lane) * share;
    let at = from;
    for (const next of cornersUp(from, to, lane)) {
      const far = Math.hypot(next.x - at.x, next.y - at.y);
      if (left <= far && far > 0) return { x: at.x + ((next.x - at.x) * left) / far, y: at.y + ((next.y - at.y) * left) / far };
      left -= far;
      at = next;
    }
    return to;
  }
  const y = from.y + (to.y - from.y) * share;
  if (lane === undefined) return { x: along(from, to, solve((t) => 1.5 * t - 1.5 * t ** 2 + t ** 3, share)).x, y };
  if (y < from.y + TURN) return { x: turning(from.x, lane, y - from.y), y };
  return { x: y > to.y - TURN ? turning(to.x, lane, to.y - y) : lane, y };
}

/** The way of a connection as an SVG path. */
export function wayOf(from: Position, to: Position, lane: number | undefined): string {
  if (to.y < from.y) return rounded(cornersUp(from, to, lane));
  if (lane !== undefined) return lanePath(from, to, lane);
  const bend = (to.y - from.y) / 2;
  return `M${from.x} ${from.y}C${from.x} ${from.y + bend} ${to.x} ${to.y - bend} ${to.x} ${to.y}`;
}

/** A line through points, its corners rounded. */
function rounded(points: readonly Position[]): string {
  const toward = (corner: Position, other: Position) => {
    const far = Math.hypot(other.x - corner.x, other.y - corner.y);
    const part = far === 0 ? 0 : Math.min(CORNER, far / 2) / far;
    return `${corner.x + (other.x - corner.x) * part} ${corner.y + (other.y - corner.y) * part}`;
  };
  return points
    .map((point, place) => {
      const [before, after] = [points[place - 1], points[place + 1]];
      if (!before) return `M${point.x} ${point.y}`;
      return after ? `L${toward(point, before)}Q${point.x} ${point.y} ${toward(point, after)}` : `L${point.x} ${point.y}`;
    })
    .join("");
}

function lanePath(from: Position, to: Position, lane: number): string {
  const [down, up] = [from.y + TURN, to.y - TURN];
  return `M${from.x} ${from.y}C${from.x} ${from.y + TURN * 0.7} ${lane} ${from.y + TURN * 0.3} ${lane} ${down}L${lane} ${up}C${lane} ${to.y - TURN * 0.3} ${to.x} ${to.y - TURN * 0.7} ${to.x} ${to.y}`;
}
