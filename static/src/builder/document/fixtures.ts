/** Builders for the tests of this folder. */
import type { Grammar, IdSource, Port, ScenarioDocument, ScenarioEdge, ScenarioNode } from "./types";
import { EMPTY_DOCUMENT, isRefused, type Change } from "./types";

const port = (key: string): Port => ({ key, title: key, required: true });

const PORTS: Record<string, Port[]> = {
  "entry.segment": [port("next")],
  condition: [port("yes"), port("no")],
  sms: [port("sent"), port("failed")],
  "wait.duration": [port("next")],
  call: [port("done"), port("skipped")],
  "entry.call": [port("next")],
  exit: [],
};

export const grammar: Grammar = {
  portsOf: (node) => PORTS[node.type] ?? [],
  isEntry: (type) => type.startsWith("entry."),
  isTerminal: (type) => type === "exit",
  isCalled: (type) => type === "entry.call",
};

export function countingIds(): IdSource {
  let count = 0;
  return (prefix) => `${prefix}_${(count += 1)}`;
}

export function node(id: string, type: string, x = 0, y = 0): ScenarioNode {
  return { id, type, position: { x, y }, data: { label: id, params: {} } };
}

export function edge(id: string, source: string, sourceHandle: string, target: string): ScenarioEdge {
  return { id, source, sourceHandle, target, targetHandle: "in" };
}

/** start → ask ─yes→ text → wait → done, and ask ─no→ done. */
export function sample(): ScenarioDocument {
  return {
    ...EMPTY_DOCUMENT,
    name: "Sample",
    settings: { track: "collection" },
    nodes: [
      node("start", "entry.segment"),
      node("ask", "condition", 0, 150),
      node("text", "sms", -140, 300),
      node("wait", "wait.duration", -140, 450),
      node("done", "exit", 0, 600),
    ],
    edges: [
      edge("e1", "start", "next", "ask"),
      edge("e2", "ask", "yes", "text"),
      edge("e3", "ask", "no", "done"),
      edge("e4", "text", "sent", "wait"),
      edge("e5", "text", "failed", "done"),
      edge("e6", "wait", "next", "done"),
    ],
  };
}

export function done(change: Change): ScenarioDocument {
  if (isRefused(change)) throw new Error(`refused: ${change.refused}`);
  return change.document;
}

export function refusal(change: Change): string | null {
  return isRefused(change) ? change.refused : null;
}

/** Edges as readable lines, sorted. */
export function wires(document: ScenarioDocument): string[] {
  return document.edges.map((item) => `${item.source}.${item.sourceHandle}→${item.target}`).sort();
}
