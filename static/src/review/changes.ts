import type { ScenarioDocument } from "../api/types/scenarios";

export interface DocumentChange {
  kind: "added" | "removed" | "changed";
  of: "node" | "edges" | "settings";
  /** The label of the node; empty for edges and settings. */
  what: string;
}

type Node = ScenarioDocument["nodes"][number];

function wires(document: ScenarioDocument): string {
  return document.edges
    .map((edge) => `${edge.source}:${edge.sourceHandle}>${edge.target}`)
    .sort()
    .join("\n");
}

function content(node: Node): string {
  return JSON.stringify([node.type, node.data.label, node.data.params]);
}

/** What differs in meaning between two documents; positions on the canvas do not count. */
export function changesOf(before: ScenarioDocument, after: ScenarioDocument): DocumentChange[] {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Set(after.nodes.map((node) => node.id));
  const found: DocumentChange[] = [];
  for (const node of after.nodes) {
    const former = old.get(node.id);
    if (!former) found.push({ kind: "added", of: "node", what: node.data.label });
    else if (content(former) !== content(node)) found.push({ kind: "changed", of: "node", what: node.data.label });
  }
  for (const node of before.nodes) if (!now.has(node.id)) found.push({ kind: "removed", of: "node", what: node.data.label });
  if (wires(before) !== wires(after)) found.push({ kind: "changed", of: "edges", what: "" });
  if (JSON.stringify(before.settings) !== JSON.stringify(after.settings)) found.push({ kind: "changed", of: "settings", what: "" });
  return found;
}
