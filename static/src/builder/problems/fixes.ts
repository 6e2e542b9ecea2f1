/** Carrying out the server's fixes as ordinary commands, so that undo takes them back. */
import { addNode, addOnEdge, changeParams, changeSettings, connect, findNode, type NewNode } from "../document/commands";
import { freePlace, ROW } from "../document/geometry";
import type { Change, Grammar, IdSource, ScenarioDocument, ScenarioNode } from "../document/types";
import type { Fix, NodeGroup, Problem } from "../model";

export interface Tools {
  readonly grammar: Grammar;
  readonly ids: IdSource;
  /** a fresh node of the type that is usual in a group */
  readonly usual: (group: NodeGroup) => NewNode;
}

function nearestEnd(document: ScenarioDocument, from: ScenarioNode, type: string): ScenarioNode | undefined {
  const far = (node: ScenarioNode) => Math.hypot(node.position.x - from.position.x, node.position.y - from.position.y);
  return document.nodes.filter((node) => node.type === type && node.id !== from.id).sort((a, b) => far(a) - far(b))[0];
}

/** Leads free ports of a node to the nearest exit, or to a new one below when there is none. */
function leadToEnd(document: ScenarioDocument, id: string, ports: readonly string[], { grammar, ids, usual }: Tools): Change {
  const node = findNode(document, id);
  if (!node) return { refused: "missing" };
  const end = usual("end");
  let drawn = document;
  let target = nearestEnd(drawn, node, end.type)?.id;
  if (target === undefined) {
    const place = freePlace(drawn.nodes, { x: node.position.x, y: node.position.y + ROW });
    const added = addNode(drawn, end, place, ids);
    if (!("document" in added)) return added;
    drawn = added.document;
    target = added.select?.[0] ?? "";
  }
  for (const port of ports) {
    if (drawn.edges.some((edge) => edge.source === id && edge.sourceHandle === port)) continue;
    const joined = connect(drawn, { source: id, sourceHandle: port, target }, grammar, ids);
    if (!("document" in joined)) return joined;
    drawn = joined.document;
  }
  return { document: drawn, select: [id] };
}

function addEntry(document: ScenarioDocument, made: NewNode, ids: IdSource): Change {
  const top = document.nodes.reduce<ScenarioNode | null>((best, node) => (best === null || node.position.y < best.position.y ? node : best), null);
  return addNode(document, made, freePlace(document.nodes, top ? { x: top.position.x, y: top.position.y - ROW } : { x: 0, y: 0 }), ids);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function applyFix(document: ScenarioDocument, problem: Problem, fix: Fix, tools: Tools): Change {
  const { values } = fix;
  const node = findNode(document, problem.node ?? "");
  switch (fix.act) {
    case "params": {
      if (!node) return { refused: "missing" };
      const changed = changeParams(document, node.id, { ...node.data.params, ...values });
      return "document" in changed ? { ...changed, select: [node.id] } : changed;
    }
    case "settings":
      return changeSettings(document, values);
    case "disconnect": {
      const gone = new Set(strings(values.edges));
      return { document: { ...document, edges: document.edges.filter((edge) => !gone.has(edge.id)) } };
    }
    case "end":
      return leadToEnd(document, problem.node ?? "", strings(values.ports), tools);
    case "insert":
      return addOnEdge(document, typeof values.edge === "string" ? values.edge : "", tools.usual(values.group as NodeGroup), tools.grammar, tools.ids);
    case "add":
      return addEntry(document, tools.usual(values.group as NodeGroup), tools.ids);
  }
}

/** Every problem of a list mended in one step of undo; those that cannot be any more are left. */
export function applyFixes(document: ScenarioDocument, problems: readonly Problem[], tools: Tools): Change {
  let drawn = document;
  for (const problem of problems) {
    if (!problem.fix) continue;
    const change = applyFix(drawn, problem, problem.fix, tools);
    if ("document" in change) drawn = change.document;
  }
  return { document: drawn };
}
