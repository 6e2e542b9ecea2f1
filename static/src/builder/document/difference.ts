import type { ScenarioDocument } from "./types";

/** Whether two documents have the same steps in the same places, wired alike; what the steps say may differ. */
export function areDrawnAlike(one: ScenarioDocument, other: ScenarioDocument): boolean {
  if (one.edges !== other.edges || one.nodes.length !== other.nodes.length) return false;
  return one.nodes.every((node, place) => {
    const twin = other.nodes[place];
    return node === twin || (node.id === twin?.id && node.type === twin.type && node.position === twin.position);
  });
}

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
