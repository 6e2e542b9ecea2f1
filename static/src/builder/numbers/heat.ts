/** How hot a step is, 0…1, against the hottest one of its version. */
import type { NodeNumbers, VersionNumbers } from "../model";
import { seenAt } from "../state/derived";
import type { Heat } from "./lens";

/** What is measured; null where there is nothing to measure. */
export function measureOf(node: NodeNumbers, heat: Heat): number | null {
  switch (heat) {
    case "none":
      return null;
    case "flow":
      return node.entered;
    case "dwell":
      return node.dwell;
    case "loss":
      return seenAt(node) > 0 ? node.lost / seenAt(node) : null;
    case "money":
      return node.paid_amount;
  }
}

const known = new WeakMap<VersionNumbers["nodes"], Map<Heat, ReadonlyMap<string, number>>>();

function shares(nodes: VersionNumbers["nodes"], heat: Heat): ReadonlyMap<string, number> {
  // waits last from minutes to weeks: on a straight scale the longest one would outshine all others
  const scaled = (value: number) => (heat === "dwell" ? Math.log1p(value / 3600) : value);
  const values = Object.entries(nodes).map(([id, node]) => [id, scaled(measureOf(node, heat) ?? 0)] as const);
  const most = Math.max(...values.map(([, value]) => value), 0);
  return new Map(values.map(([id, value]) => [id, most > 0 ? Math.max(0, value / most) : 0]));
}

/** The heat of one step; made once for all steps, because 500 cards ask. */
export function heatOf(nodes: VersionNumbers["nodes"], heat: Heat, id: string): number {
  if (heat === "none") return 0;
  const byHeat = known.get(nodes) ?? new Map<Heat, ReadonlyMap<string, number>>();
  known.set(nodes, byHeat);
  const made = byHeat.get(heat) ?? shares(nodes, heat);
  byHeat.set(heat, made);
  return made.get(id) ?? 0;
}
