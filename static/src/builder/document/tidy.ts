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
  graph.setGraph({ rankdir: "TB", nodesep: 40, ranksep: 80, marginx: 0, marginy: 0 });
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

/**
 * Lays the graph out from top to bottom; `only` limits it to some nodes, whose upper left corner stays in place.
 * Of a few layouts, and their mirror images, the one with the fewest crossings is taken.
 */
export function tidy(document: ScenarioDocument, sizeOf: SizeOf, grammar: Grammar, only?: ReadonlySet<string>): Change {
  const chosen = document.nodes.filter((node) => !only || only.has(node.id));
  if (chosen.length === 0) return { document };
  const wires = wiresOf(document, chosen, grammar);
  const layouts = [true, false].map((keepOrder) => laidOut(chosen, wires, sizeOf, keepOrder));
  const [best] = layouts
    .flatMap((boxes) => [boxes, mirrored(boxes)])
    .map((boxes) => ({ boxes, count: crossings(boxes, wires) }))
    .sort((a, b) => a.count - b.count);
  const boxes = best?.boxes ?? new Map<string, Box>();
  const corner = (places: readonly Position[]) => ({
    x: Math.min(...places.map((place) => place.x)),
    y: Math.min(...places.map((place) => place.y)),
  });
  const from = corner([...boxes.values()]);
  const to = corner(chosen.map((node) => node.position));
  const places = [...boxes].map(([id, box]) => [id, snap({ x: box.x - from.x + to.x, y: box.y - from.y + to.y })] as const);
  return move(document, new Map(places));
}
