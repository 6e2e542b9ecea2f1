import type { Position, ScenarioDocument, ScenarioNode } from "./types";

/** Canvas units; the grid is React Flow's snap grid. */
export const GRID = 10;
export const NODE_WIDTH = 260;
export const PORT_WIDTH = 80;
export const NODE_HEIGHT = 112;
export const NOTE_WIDTH = 200;
export const NOTE_HEIGHT = 70;
export const ROW = 150;
export const COLUMN = 300;

/** Width of a card: wide enough for the words of its ports. */
export function nodeWidth(ports: number): number {
  return Math.max(NODE_WIDTH, ports * PORT_WIDTH);
}

export function snap(position: Position): Position {
  return { x: Math.round(position.x / GRID) * GRID, y: Math.round(position.y / GRID) * GRID };
}

function overlaps(a: Position, b: Position): boolean {
  return Math.abs(a.x - b.x) < NODE_WIDTH + 10 && Math.abs(a.y - b.y) < NODE_HEIGHT + 10;
}

/** The wanted place, or the nearest one to its right where no card stands. */
export function freePlace(nodes: readonly ScenarioNode[], wanted: Position): Position {
  const place = snap(wanted);
  for (let step = 0; step <= nodes.length; step += 1) {
    const candidate = { x: place.x + step * COLUMN, y: place.y };
    if (!nodes.some((node) => overlaps(node.position, candidate))) return candidate;
  }
  return place;
}

/** Ids of everything that can be reached from a node, itself included. */
export function reachable(document: ScenarioDocument, from: string): Set<string> {
  const next = new Map<string, string[]>();
  for (const edge of document.edges) {
    const targets = next.get(edge.source);
    if (targets) targets.push(edge.target);
    else next.set(edge.source, [edge.target]);
  }
  const seen = new Set([from]);
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const target of next.get(id) ?? []) {
      if (seen.has(target)) continue;
      seen.add(target);
      open.push(target);
    }
  }
  return seen;
}

/** Lets `by` units of room open above a node: it and all that follows below it moves down. */
export function pushDown(document: ScenarioDocument, from: string, by: number): readonly ScenarioNode[] {
  const start = document.nodes.find((node) => node.id === from);
  if (!start || by <= 0) return document.nodes;
  const moving = reachable(document, from);
  return document.nodes.map((node) =>
    moving.has(node.id) && node.position.y >= start.position.y
      ? { ...node, position: { x: node.position.x, y: node.position.y + by } }
      : node,
  );
}
