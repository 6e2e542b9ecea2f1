import type { Change, IdSource, ScenarioDocument, ScenarioEdge } from "./types";

function groupBySource(edges: readonly ScenarioEdge[]): Map<string, ScenarioEdge[]> {
  const groups = new Map<string, ScenarioEdge[]>();
  for (const edge of edges) groups.set(edge.source, [...(groups.get(edge.source) ?? []), edge]);
  return groups;
}

/**
 * The one surviving node that a deleted node leads to, through other deleted nodes if need be. Null when it leads to
 * several: guessing a branch would send loans a way nobody chose, while a free port shows up as a problem.
 */
function heir(id: string, gone: ReadonlySet<string>, out: ReadonlyMap<string, ScenarioEdge[]>): string | null {
  const heirs = new Set<string>();
  const seen = new Set([id]);
  const open = [id];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    for (const edge of out.get(current) ?? []) {
      if (!gone.has(edge.target)) heirs.add(edge.target);
      else if (!seen.has(edge.target)) {
        seen.add(edge.target);
        open.push(edge.target);
      }
    }
  }
  const [only] = heirs;
  return heirs.size === 1 && only !== undefined ? only : null;
}

/**
 * Deletes nodes, notes and edges. Where a node goes, the edges into it are joined to the one node that it led to.
 * An edge that was named for deletion itself is not joined.
 */
export function remove(document: ScenarioDocument, ids: ReadonlySet<string>, newId: IdSource): Change {
  const gone = new Set(document.nodes.filter((node) => ids.has(node.id)).map((node) => node.id));
  const kept = document.edges.filter((edge) => !ids.has(edge.id));
  const out = groupBySource(kept);
  const edges: ScenarioEdge[] = [];
  for (const edge of kept) {
    if (gone.has(edge.source)) continue;
    if (!gone.has(edge.target)) edges.push(edge);
    else {
      const target = heir(edge.target, gone, out);
      if (target !== null && target !== edge.source) edges.push({ ...edge, id: newId("e"), target });
    }
  }
  const nodes = document.nodes.filter((node) => !gone.has(node.id));
  const notes = document.notes.filter((note) => !ids.has(note.id));
  const nothing =
    nodes.length === document.nodes.length &&
    notes.length === document.notes.length &&
    edges.length === document.edges.length;
  return { document: nothing ? document : { ...document, nodes, edges, notes }, select: [] };
}
