import type { ScenarioDocument, ScenarioEdge } from "./types";

/** What lies on a way: ids of steps and of connections. */
export interface Way {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

type End = "source" | "target";

/** Everything that is reached from `from` when connections are followed to their `to` end. */
function follow(edges: readonly ScenarioEdge[], from: readonly string[], to: End): Way {
  const start: End = to === "target" ? "source" : "target";
  const next = new Map<string, ScenarioEdge[]>();
  for (const edge of edges) {
    const known = next.get(edge[start]);
    if (known) known.push(edge);
    else next.set(edge[start], [edge]);
  }
  const nodes = new Set(from);
  const seen = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const edge of next.get(id) ?? []) {
      seen.add(edge.id);
      if (nodes.has(edge[to])) continue;
      nodes.add(edge[to]);
      open.push(edge[to]);
    }
  }
  return { nodes, edges: seen };
}

function union(ways: readonly Way[]): Way {
  return { nodes: new Set(ways.flatMap((way) => [...way.nodes])), edges: new Set(ways.flatMap((way) => [...way.edges])) };
}

/** All ways of a loan through one step or connection, from the entries to the ends. */
function through(document: ScenarioDocument, id: string): Way | null {
  const edge = document.edges.find((item) => item.id === id);
  if (!edge && !document.nodes.some((node) => node.id === id)) return null;
  const before = follow(document.edges, [edge?.source ?? id], "source");
  const after = follow(document.edges, [edge?.target ?? id], "target");
  return union([before, after, { nodes: new Set(), edges: new Set(edge ? [edge.id] : []) }]);
}

/**
 * What a loan can touch that passes everything chosen: choosing a second step narrows the ways down. Where no way
 * passes all of them, the ways through each. Null when nothing on the graph is chosen.
 */
export function waysThrough(document: ScenarioDocument, chosen: ReadonlySet<string>): Way | null {
  const ways = [...chosen].map((id) => through(document, id)).filter((way) => way !== null);
  const [first, ...others] = ways;
  if (!first) return null;
  const shared = {
    nodes: new Set([...first.nodes].filter((id) => others.every((way) => way.nodes.has(id)))),
    edges: new Set([...first.edges].filter((id) => others.every((way) => way.edges.has(id)))),
  };
  const isOneWay = [...chosen].every((id) => shared.nodes.has(id) || shared.edges.has(id) || !through(document, id));
  return isOneWay ? shared : union(ways);
}
