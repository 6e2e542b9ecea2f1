import type { ScenarioDocument, ScenarioEdge } from "./types";

/** Equality of JSON values, whatever the order of keys. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) && equalJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

/** How one document differs from another: ids of nodes; where a node stands does not count. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly settings: boolean;
}

function wiring(document: ScenarioDocument): Map<string, string[]> {
  const wires = new Map<string, string[]>();
  const line = (edge: ScenarioEdge) => `${edge.sourceHandle}→${edge.target}`;
  for (const edge of document.edges) wires.set(edge.source, [...(wires.get(edge.source) ?? []), line(edge)].sort());
  return wires;
}

export function differenceOf(before: ScenarioDocument, after: ScenarioDocument): Difference {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const kept = new Set(after.nodes.map((node) => node.id));
  const [wiresBefore, wiresAfter] = [wiring(before), wiring(after)];
  const changed = after.nodes.filter((node) => {
    const was = old.get(node.id);
    if (!was) return false;
    const same = was.type === node.type && equalJson(was.data, node.data);
    return !same || !equalJson(wiresBefore.get(node.id) ?? [], wiresAfter.get(node.id) ?? []);
  });
  return {
    added: after.nodes.filter((node) => !old.has(node.id)).map((node) => node.id),
    removed: before.nodes.filter((node) => !kept.has(node.id)).map((node) => node.id),
    changed: changed.map((node) => node.id),
    settings: before.name !== after.name || !equalJson(before.settings, after.settings),
  };
}

export function countOf(difference: Difference): number {
  return difference.added.length + difference.removed.length + difference.changed.length;
}
