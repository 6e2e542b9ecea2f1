import { Graph, layout } from "@dagrejs/dagre";

import { snap } from "./geometry";
import { move } from "./commands";
import type { Change, Grammar, Position, ScenarioDocument } from "./types";

export type SizeOf = (id: string) => { width: number; height: number };

/** Lays the graph out from top to bottom; `only` limits it to some nodes, whose upper left corner stays in place. */
export function tidy(document: ScenarioDocument, sizeOf: SizeOf, grammar: Grammar, only?: ReadonlySet<string>): Change {
  const chosen = document.nodes.filter((node) => !only || only.has(node.id));
  if (chosen.length === 0) return { document };
  const inside = new Set(chosen.map((node) => node.id));
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 40, ranksep: 62, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of chosen) graph.setNode(node.id, { ...sizeOf(node.id) });
  for (const node of chosen) {
    const order = new Map(grammar.portsOf(node).map((port, index) => [port.key, index]));
    document.edges
      .filter((edge) => edge.source === node.id && inside.has(edge.target))
      .sort((a, b) => (order.get(a.sourceHandle) ?? 99) - (order.get(b.sourceHandle) ?? 99))
      .forEach((edge) => graph.setEdge(edge.source, edge.target));
  }
  layout(graph);
  const laid = chosen.map((node) => {
    const box = graph.node(node.id) as { x: number; y: number; width: number; height: number };
    return { id: node.id, x: box.x - box.width / 2, y: box.y - box.height / 2 };
  });
  const anchor = {
    x: Math.min(...chosen.map((node) => node.position.x)) - Math.min(...laid.map((box) => box.x)),
    y: Math.min(...chosen.map((node) => node.position.y)) - Math.min(...laid.map((box) => box.y)),
  };
  const places = new Map<string, Position>(
    laid.map((box) => [box.id, snap({ x: box.x + anchor.x, y: box.y + anchor.y })]),
  );
  return move(document, places);
}
