/** Lanes: where a connection that would run under cards runs beside them instead. */
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

/** The x of the lane of each connection that needs one. */
export function lanesOf(document: ScenarioDocument, grammar: Grammar): ReadonlyMap<string, number> {
  const cards = cardsOf(document, grammar);
  const lanes = new Map<string, number>();
  const used: { x: number; from: number; to: number }[] = [];
  for (const edge of document.edges) {
    const [source, target] = [cards.get(edge.source), cards.get(edge.target)];
    if (!source || !target || target.y - source.y < 1.5 * ROW) continue;
    const place = Math.max(0, source.ports.indexOf(edge.sourceHandle));
    const from = { x: source.x + (source.width * (place + 0.5)) / Math.max(1, source.ports.length), y: source.y + NODE_HEIGHT };
    const to = { x: target.x + target.width / 2, y: target.y };
    const between = [...cards.values()].filter(
      (card) => card !== source && card !== target && card.y < to.y - TURN / 2 && card.y + NODE_HEIGHT > from.y + TURN / 2,
    );
    const points = SAMPLES.map((t) => along(from, to, t));
    if (!between.some((card) => points.some((point) => covers(card, point)))) continue;
    const isFree = (x: number) =>
      between.every((card) => x < card.x - BESIDE / 2 || x > card.x + card.width + BESIDE / 2) &&
      used.every((lane) => Math.abs(lane.x - x) >= APART || lane.to < from.y || lane.from > to.y);
    const cost = (x: number) => Math.abs(x - from.x) + Math.abs(x - to.x);
    const best = between
      .flatMap((card) => [0, 1, 2, 3, 4].flatMap((step) => [card.x - BESIDE - step * APART, card.x + card.width + BESIDE + step * APART]))
      .sort((a, b) => cost(a) - cost(b))
      .find(isFree);
    if (best === undefined) continue;
    lanes.set(edge.id, best);
    used.push({ x: best, from: from.y, to: to.y });
  }
  return lanes;
}

/** The way through a lane as an SVG path. */
export function lanePath(from: Position, to: Position, lane: number): string {
  const [down, up] = [from.y + TURN, to.y - TURN];
  return `M${from.x} ${from.y}C${from.x} ${from.y + TURN * 0.7} ${lane} ${from.y + TURN * 0.3} ${lane} ${down}L${lane} ${up}C${lane} ${to.y - TURN * 0.3} ${to.x} ${to.y - TURN * 0.7} ${to.x} ${to.y}`;
}
