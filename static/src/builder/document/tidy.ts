import { Graph, layout } from "@dagrejs/dagre";

import { snap } from "./geometry";
import { move } from "./commands";
import type { Change, Grammar, Position, ScenarioDocument, ScenarioEdge, ScenarioNode } from "./types";

export type SizeOf = (id: string) => { width: number; height: number };

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** between neighbours of a row */
const GAP = 40;
/** between rows: room for the words of four ways out, one below the other */
const ROW_GAP = 98;

type Boxes = ReadonlyMap<string, Box>;
type Line = readonly [Position, Position];

/** An edge with the place of its port among the ports of its node, 0…1. */
interface Wire extends ScenarioEdge {
  readonly along: number;
}

function wiresOf(document: ScenarioDocument, chosen: readonly ScenarioNode[], grammar: Grammar): Wire[] {
  const inside = new Set(chosen.map((node) => node.id));
  return chosen.flatMap((node) => {
    const ports = grammar.portsOf(node).map((port) => port.key);
    return document.edges
      .filter((edge) => edge.source === node.id && inside.has(edge.target))
      .map((edge) => ({ ...edge, along: (ports.indexOf(edge.sourceHandle) + 0.5) / Math.max(1, ports.length) }))
      .sort((a, b) => a.along - b.along);
  });
}

/** Where the library puts the nodes; it knows nothing of the order of ports. */
function laidOut(chosen: readonly ScenarioNode[], wires: readonly Wire[], sizeOf: SizeOf, keepOrder: boolean): Boxes {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: GAP, ranksep: ROW_GAP, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of chosen) graph.setNode(node.id, { ...sizeOf(node.id) });
  for (const wire of wires) graph.setEdge(wire.source, wire.target);
  layout(graph, { disableOptimalOrderHeuristic: keepOrder });
  return new Map(
    chosen.map((node) => {
      const { x, y, width, height } = graph.node(node.id) as Box;
      return [node.id, { x: x - width / 2, y: y - height / 2, width, height }];
    }),
  );
}

function mirrored(boxes: Boxes): Boxes {
  return new Map([...boxes].map(([id, box]) => [id, { ...box, x: -box.x - box.width }]));
}

function areCrossed([a, b]: Line, [c, d]: Line): boolean {
  const side = (p: Position, q: Position, r: Position) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** How often connections cross when each leaves from its own port. */
function crossings(boxes: Boxes, wires: readonly Wire[]): number {
  const lines = wires.flatMap((wire): Line[] => {
    const from = boxes.get(wire.source);
    const to = boxes.get(wire.target);
    if (!from || !to) return [];
    return [[{ x: from.x + from.width * wire.along, y: from.y + from.height }, { x: to.x + to.width / 2, y: to.y }]];
  });
  let count = 0;
  lines.forEach((line, place) => {
    for (const other of lines.slice(place + 1)) if (areCrossed(line, other)) count += 1;
  });
  return count;
}

function areOverlapping(a: Box, b: Box): boolean {
  return a.x < b.x + b.width + GAP / 2 && b.x < a.x + a.width + GAP / 2 && a.y < b.y + b.height + GAP / 2 && b.y < a.y + a.height + GAP / 2;
}

/** The nearest of `stay` that a node hangs together with, through any number of connections. */
function anchors(chosen: readonly ScenarioNode[], wires: readonly Wire[], stay: ReadonlySet<string>): Map<string, string> {
  const found = new Map([...stay].map((id) => [id, id]));
  const open = [...stay];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    for (const wire of wires) {
      const other = wire.source === id ? wire.target : wire.target === id ? wire.source : null;
      if (other === null || found.has(other)) continue;
      found.set(other, found.get(id) ?? id);
      open.push(other);
    }
  }
  return new Map(chosen.flatMap((node) => (found.has(node.id) ? [[node.id, found.get(node.id) ?? ""]] : [])));
}

/** The layout moved to where the nodes in `stay` stand: each other node keeps its way from the nearest of them. */
function aroundStaying(boxes: Boxes, chosen: readonly ScenarioNode[], wires: readonly Wire[], stay: ReadonlySet<string>): Boxes {
  const places = new Map(chosen.map((node) => [node.id, node.position]));
  const anchorOf = anchors(chosen, wires, stay);
  const settled = new Map<string, Box>();
  for (const id of stay) settled.set(id, { ...(boxes.get(id) as Box), ...(places.get(id) as Position) });
  const others = [...boxes].filter(([id]) => !stay.has(id)).sort(([, a], [, b]) => a.y - b.y || a.x - b.x);
  for (const [id, box] of others) {
    const anchor = anchorOf.get(id) ?? [...stay][0] ?? "";
    const [from, to] = [boxes.get(anchor) ?? box, places.get(anchor) ?? box];
    const wanted = { ...box, ...snap({ x: box.x - from.x + to.x, y: box.y - from.y + to.y }) };
    // right, left, further right … until no card is hit
    const tries = Array.from({ length: 2 * boxes.size + 2 }, (_, step) => (step % 2 === 1 ? 1 : -1) * Math.ceil(step / 2) * (box.width + GAP));
    const free = tries.map((shift) => ({ ...wanted, x: wanted.x + shift })).find((one) => ![...settled.values()].some((other) => areOverlapping(one, other)));
    settled.set(id, free ?? wanted);
  }
  return settled;
}

interface Options {
  /** only these nodes; their upper left corner stays in place */
  readonly only?: ReadonlySet<string>;
  /** nodes that a person placed stay exactly where they are, and the others are laid out around them */
  readonly keepPlaced?: boolean;
}

/**
 * Lays the graph out from top to bottom. Of a few layouts, and their mirror images, the one with the fewest crossings
 * is taken.
 */
export function tidy(document: ScenarioDocument, sizeOf: SizeOf, grammar: Grammar, { only, keepPlaced = false }: Options = {}): Change {
  const chosen = document.nodes.filter((node) => !only || only.has(node.id));
  if (chosen.length === 0) return { document };
  const wires = wiresOf(document, chosen, grammar);
  const layouts = [true, false].map((keepOrder) => laidOut(chosen, wires, sizeOf, keepOrder));
  const [best] = layouts
    .flatMap((boxes) => [boxes, mirrored(boxes)])
    .map((boxes) => ({ boxes, count: crossings(boxes, wires) }))
    .sort((a, b) => a.count - b.count);
  const boxes = best?.boxes ?? new Map<string, Box>();
  const stay = new Set(keepPlaced ? chosen.filter((node) => node.placed).map((node) => node.id) : []);
  if (stay.size > 0) {
    const moved = [...aroundStaying(boxes, chosen, wires, stay)].filter(([id]) => !stay.has(id));
    return move(document, new Map(moved.map(([id, box]) => [id, snap(box)])));
  }
  const corner = (places: readonly Position[]) => ({
    x: Math.min(...places.map((place) => place.x)),
    y: Math.min(...places.map((place) => place.y)),
  });
  const from = corner([...boxes.values()]);
  const to = corner(chosen.map((node) => node.position));
  const places = [...boxes].map(([id, box]) => [id, snap({ x: box.x - from.x + to.x, y: box.y - from.y + to.y })] as const);
  return move(document, new Map(places));
}
