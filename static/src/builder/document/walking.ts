import type { Grammar, ScenarioDocument, ScenarioNode } from "./types";

export type Direction = "up" | "down" | "left" | "right";

/** Steps that a step leads to, in the order of its ports, each once. */
function children(document: ScenarioDocument, id: string, grammar: Grammar): string[] {
  const node = document.nodes.find((item) => item.id === id);
  const ports = node ? grammar.portsOf(node).map((port) => port.key) : [];
  const wires = document.edges.filter((edge) => edge.source === id);
  wires.sort((a, b) => ports.indexOf(a.sourceHandle) - ports.indexOf(b.sourceHandle));
  return [...new Set(wires.map((edge) => edge.target))];
}

function byPlace(a: ScenarioNode, b: ScenarioNode): number {
  return a.position.y - b.position.y || a.position.x - b.position.x;
}

/**
 * The step that a walk from `from` comes to: down to where it leads, up to where it comes from, sideways among what
 * stands beside it (what the same step leads to; for entries, the other entries). From a connection: to its two steps,
 * and sideways to the other connections of the step that it comes from. Without `from`, the first entry.
 * Null when there is nothing that way.
 */
export function walk(document: ScenarioDocument, from: string | null, direction: Direction, grammar: Grammar): string | null {
  const entries = document.nodes.filter((node) => grammar.isEntry(node.type)).sort(byPlace);
  if (from === null) return (entries[0] ?? [...document.nodes].sort(byPlace)[0])?.id ?? null;
  const edge = document.edges.find((item) => item.id === from);
  if (edge && (direction === "up" || direction === "down")) return direction === "up" ? edge.source : edge.target;
  if (edge) {
    const beside = wiresOf(document, edge.source, grammar);
    return beside[beside.indexOf(edge.id) + (direction === "left" ? -1 : 1)] ?? null;
  }
  if (direction === "down") return children(document, from, grammar)[0] ?? null;
  const parents = [...new Set(document.edges.filter((edge) => edge.target === from).map((edge) => edge.source))];
  if (direction === "up") return parents[0] ?? null;
  const siblings =
    parents.length > 0 ? [...new Set(parents.flatMap((parent) => children(document, parent, grammar)))] : entries.map((node) => node.id);
  const place = siblings.indexOf(from);
  if (place < 0) return siblings[0] ?? null;
  return siblings[place + (direction === "left" ? -1 : 1)] ?? null;
}

/** Ports of a step that lead nowhere yet. */
export function freePorts(document: ScenarioDocument, node: ScenarioNode, grammar: Grammar) {
  const taken = new Set(document.edges.filter((edge) => edge.source === node.id).map((edge) => edge.sourceHandle));
  return grammar.portsOf(node).filter((port) => !taken.has(port.key));
}

/** Connections of a step in the order one reads them: out of it by its ports, then into it. */
function wiresOf(document: ScenarioDocument, id: string, grammar: Grammar): string[] {
  const node = document.nodes.find((item) => item.id === id);
  const ports = node ? grammar.portsOf(node).map((port) => port.key) : [];
  const out = document.edges.filter((edge) => edge.source === id);
  out.sort((a, b) => ports.indexOf(a.sourceHandle) - ports.indexOf(b.sourceHandle));
  return [...out, ...document.edges.filter((edge) => edge.target === id)].map((edge) => edge.id);
}

/** From a step to its first connection, from a connection to the next one of the step that it comes from. */
export function nextWire(document: ScenarioDocument, from: string | null, grammar: Grammar): string | null {
  const edge = document.edges.find((item) => item.id === from);
  const wires = wiresOf(document, edge?.source ?? from ?? "", grammar);
  return wires[(wires.indexOf(from ?? "") + 1) % wires.length] ?? null;
}
