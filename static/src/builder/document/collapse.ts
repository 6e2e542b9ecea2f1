/** A part of a scenario becomes a scenario of its own that one step calls, and comes back again. */
import { cornerOf, fragmentOf, paste } from "./clipboard";
import type { NewNode } from "./commands";
import { pushDown, reachable, ROW, snap } from "./geometry";
import {
  EMPTY_DOCUMENT,
  isRefused,
  type Change,
  type Grammar,
  type IdSource,
  type Position,
  type Refusal,
  type ScenarioDocument,
  type ScenarioEdge,
  type ScenarioNode,
} from "./types";

/** The kinds of step that a part is built with; the palette knows them. */
export interface PartKinds {
  /** sends a loan through another scenario, which its `param` names */
  readonly caller: NewNode & { readonly param: string };
  readonly entry: NewNode;
  readonly exit: NewNode;
}

/** What is chosen, and how it hangs in the rest. */
interface Part {
  readonly ids: ReadonlySet<string>;
  readonly head: ScenarioNode;
  /** where every way out of the part leads; null when all of them end inside it, or nowhere yet */
  readonly next: string | null;
  readonly hasEnds: boolean;
}

function targetsOutside(document: ScenarioDocument, ids: ReadonlySet<string>): Set<string> {
  return new Set(document.edges.filter((edge) => ids.has(edge.source) && !ids.has(edge.target)).map((edge) => edge.target));
}

/**
 * Reads the selection as a part. An end that is chosen stays outside when the rest then still has one way on: a loan
 * that ends inside a part has only finished the part.
 */
function partOf(document: ScenarioDocument, chosen: ReadonlySet<string>, grammar: Grammar): Part | { refused: Refusal } {
  const nodes = document.nodes.filter((node) => chosen.has(node.id));
  if (nodes.some((node) => grammar.isEntry(node.type))) return { refused: "part_entry" };
  const steps = new Set(nodes.filter((node) => !grammar.isTerminal(node.type)).map((node) => node.id));
  if (steps.size === 0) return { refused: "part_empty" };
  const all = new Set(nodes.map((node) => node.id));
  const onlyEnds = targetsOutside(document, all).size === 0 && targetsOutside(document, steps).size > 1;
  const ids = onlyEnds ? all : steps;
  const heads = new Set(document.edges.filter((edge) => !ids.has(edge.source) && ids.has(edge.target)).map((edge) => edge.target));
  const [head, ...otherHeads] = document.nodes.filter((node) => heads.has(node.id));
  if (!head) return { refused: "part_alone" };
  if (otherHeads.length > 0) return { refused: "part_heads" };
  const [next, ...otherWays] = targetsOutside(document, ids);
  if (otherWays.length > 0) return { refused: "part_ways" };
  return { ids, head, next: next ?? null, hasEnds: onlyEnds };
}

/** Why the selection cannot become a part, or null. */
export function partRefusal(document: ScenarioDocument, chosen: ReadonlySet<string>, grammar: Grammar): Refusal | null {
  const part = partOf(document, chosen, grammar);
  return "refused" in part ? part.refused : null;
}

function nodeOf(id: string, made: NewNode, position: Position): ScenarioNode {
  return { id, type: made.type, position: snap(position), data: { label: made.label, params: made.params } };
}

function wire(ids: IdSource, source: string, sourceHandle: string, target: string): ScenarioEdge {
  return { id: ids("e"), source, sourceHandle, target, targetHandle: "in" };
}

/** The part as a scenario of its own: an entry by call before it, and an end where it went on. */
export function partDocument(
  document: ScenarioDocument, chosen: ReadonlySet<string>, kinds: PartKinds, name: string, grammar: Grammar, ids: IdSource,
): { readonly document: ScenarioDocument } | { readonly refused: Refusal } {
  const part = partOf(document, chosen, grammar);
  if ("refused" in part) return part;
  const inside = fragmentOf(document, new Set([...part.ids, ...[...chosen].filter((id) => document.notes.some((note) => note.id === id))]));
  const entry = nodeOf(ids("n"), kinds.entry, { x: part.head.position.x, y: part.head.position.y - ROW });
  const leaving = document.edges.filter((edge) => part.ids.has(edge.source) && !part.ids.has(edge.target));
  const lowest = Math.max(...inside.nodes.map((node) => node.position.y));
  const exit = nodeOf(ids("n"), kinds.exit, { x: part.head.position.x, y: lowest + ROW });
  const onward = grammar.portsOf(entry)[0]?.key ?? "next";
  return {
    document: {
      ...EMPTY_DOCUMENT,
      name,
      // the comparison group was drawn by the caller
      settings: { ...document.settings, holdout_percent: 0 },
      nodes: [entry, ...inside.nodes, ...(leaving.length > 0 ? [exit] : [])],
      edges: [
        wire(ids, entry.id, onward, part.head.id),
        ...inside.edges,
        ...leaving.map((edge) => ({ ...edge, target: exit.id })),
      ],
      notes: inside.notes,
    },
  };
}

/** Puts one calling step where the part stood; `key` names the scenario that `partDocument` became. */
export function collapse(
  document: ScenarioDocument, chosen: ReadonlySet<string>, kinds: PartKinds, key: string, name: string, grammar: Grammar, ids: IdSource,
): Change {
  const part = partOf(document, chosen, grammar);
  if ("refused" in part) return part;
  const made = { ...kinds.caller, label: name.slice(0, 120), params: { ...kinds.caller.params, [kinds.caller.param]: key } };
  const caller = nodeOf(ids("n"), made, part.head.position);
  const end = part.hasEnds ? nodeOf(ids("n"), kinds.exit, { x: part.head.position.x, y: part.head.position.y + ROW }) : null;
  const next = end?.id ?? part.next;
  const edges = document.edges
    .filter((edge) => !part.ids.has(edge.source))
    .map((edge) => (part.ids.has(edge.target) ? { ...edge, target: caller.id } : edge));
  if (next !== null) edges.push(...grammar.portsOf(caller).map((port) => wire(ids, caller.id, port.key, next)));
  const nodes = document.nodes.flatMap((node) => {
    if (node.id === part.head.id) return end ? [caller, end] : [caller];
    return part.ids.has(node.id) ? [] : [node];
  });
  const notes = document.notes.filter((note) => !chosen.has(note.id));
  return { document: { ...document, nodes, edges, notes }, select: [caller.id] };
}

/** Where a called loan comes in: the entry by call; without one, the first entry. */
function headOf(inner: ScenarioDocument, grammar: Grammar): ScenarioNode | undefined {
  const entries = inner.nodes.filter((node) => grammar.isEntry(node.type));
  const entry = entries.find((node) => grammar.isCalled(node.type)) ?? entries[0];
  const into = inner.edges.find((edge) => edge.source === entry?.id)?.target;
  return inner.nodes.find((node) => node.id === into && !grammar.isTerminal(node.type));
}

/**
 * The inverse: the steps of the called scenario stand where the calling step stood. A loan that came to one of their
 * ends goes on where the calling step led; the ends themselves stay only where they take the place of its own end.
 */
export function unfold(document: ScenarioDocument, callerId: string, inner: ScenarioDocument, grammar: Grammar, ids: IdSource): Change {
  const caller = document.nodes.find((node) => node.id === callerId);
  const head = headOf(inner, grammar);
  if (!caller) return { refused: "missing" };
  if (!head) return { refused: "part_empty" };
  const onward = document.edges.find((edge) => edge.source === callerId)?.target;
  const next = document.nodes.find((node) => node.id === onward);
  const ends = new Set(inner.nodes.filter((node) => grammar.isTerminal(node.type)).map((node) => node.id));
  const isOwnEnd =
    next !== undefined && grammar.isTerminal(next.type) && document.edges.every((edge) => edge.target !== next.id || edge.source === callerId);
  const keepsEnds = isOwnEnd && ends.size > 1;
  const taken = [...reachable(inner, head.id)].filter((id) => keepsEnds || !ends.has(id));
  const fragment = fragmentOf(inner, new Set([...taken, ...inner.notes.map((note) => note.id)]));

  const rest = {
    ...document,
    nodes: document.nodes.filter((node) => node.id !== callerId && !(keepsEnds && node.id === next.id)),
    edges: document.edges.filter((edge) => edge.source !== callerId),
  };
  const depth = Math.max(...fragment.nodes.map((node) => node.position.y)) - head.position.y;
  const roomy = next && !keepsEnds ? { ...rest, nodes: pushDown(rest, next.id, depth) } : rest;
  const corner = cornerOf(fragment);
  const pasted = paste(roomy, fragment, ids, {
    x: caller.position.x + corner.x - head.position.x,
    y: caller.position.y + corner.y - head.position.y,
  });
  if (isRefused(pasted)) return pasted;
  const made = pasted.document.nodes.slice(roomy.nodes.length);
  const renamed = new Map(fragment.nodes.map((node, place) => [node.id, made[place]?.id ?? ""]));
  const edges = pasted.document.edges.map((edge) =>
    edge.target === callerId ? { ...edge, target: renamed.get(head.id) ?? "" } : edge,
  );
  for (const edge of inner.edges) {
    const source = renamed.get(edge.source);
    if (source && next && !keepsEnds && ends.has(edge.target)) edges.push(wire(ids, source, edge.sourceHandle, next.id));
  }
  return { document: { ...pasted.document, edges }, select: [...renamed.values()] };
}
