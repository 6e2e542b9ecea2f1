/** Indexes over the large values of the state, made once per value: 500 cards ask them at every change. */
import type { ScenarioDocument, ScenarioEdge, ScenarioNode } from "../document/types";
import { waysThrough, type Way } from "../document/paths";
import type { Colleague } from "../saving/presence";
import type { Analysis, NodeNumbers, Problem, VersionNumbers } from "../model";
import type { BuilderState } from "../store";

function once<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}

/** Wired ports of each node, as one comparable text. */
export const wiredPorts = once((edges: ScenarioDocument["edges"]) => {
  const wires = new Map<string, string>();
  for (const edge of edges) {
    const known = wires.get(edge.source);
    wires.set(edge.source, known === undefined ? edge.sourceHandle : `${known}\n${edge.sourceHandle}`);
  }
  return wires;
});

export const edgesById = once(
  (edges: ScenarioDocument["edges"]) => new Map<string, ScenarioEdge>(edges.map((edge) => [edge.id, edge])),
);

/** The worst severity at each node. */
export const worstByNode = once((problems: Analysis["problems"]) => {
  const worst = new Map<string, Problem["severity"]>();
  for (const { node, severity } of problems) {
    if (node && worst.get(node) !== "error") worst.set(node, severity);
  }
  return worst;
});

/** Cases that were at a node in the period: its shares are shares of these. */
export function seenAt(node: NodeNumbers | undefined): number {
  return node ? node.before + node.entered : 0;
}

/** The largest number of cases that entered one node; at least 1. */
export const busiest = once((nodes: VersionNumbers["nodes"]) =>
  Object.values(nodes).reduce((most, node) => Math.max(most, node.entered), 1),
);

export const nodesById = once(
  (nodes: ScenarioDocument["nodes"]) => new Map<string, ScenarioNode>(nodes.map((node) => [node.id, node])),
);

const waysIn = once((document: ScenarioDocument) => once((chosen: ReadonlySet<string>) => ({ way: waysThrough(document, chosen) })));

/** What stays bright in focus mode; null when nothing fades. */
export function brightWay(state: BuilderState): Way | null {
  return state.focus ? waysIn(state.document)(state.selection).way : null;
}

/** Names of the colleagues at each node. */
export const visitorsOf = once((others: readonly Colleague[]) => {
  const names = new Map<string, string>();
  for (const { node, full_name } of others) {
    if (node) names.set(node, [names.get(node), full_name].filter(Boolean).join(", "));
  }
  return names;
});
