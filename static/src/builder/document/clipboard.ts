/** Parts of a scenario as plain JSON text, so that they travel between scenarios, tabs and people. */
import type { Change, IdSource, Note, Position, ScenarioDocument, ScenarioEdge, ScenarioNode } from "./types";
import { snap } from "./geometry";

const KIND = "kaskad/scenario-part";
const FORMAT = 1;
/** the largest scenario that the server takes */
export const MOST_NODES = 2_000;

export interface Fragment {
  readonly nodes: readonly ScenarioNode[];
  readonly edges: readonly ScenarioEdge[];
  readonly notes: readonly Note[];
}

/** The chosen nodes and notes, and the edges between them. */
export function fragmentOf(document: ScenarioDocument, ids: ReadonlySet<string>): Fragment {
  return {
    nodes: document.nodes.filter((node) => ids.has(node.id)),
    edges: document.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target)),
    notes: document.notes.filter((note) => ids.has(note.id)),
  };
}

export function writeFragment(fragment: Fragment): string {
  return JSON.stringify({ kind: KIND, format: FORMAT, ...fragment }, null, 2);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readPosition(value: unknown): Position | null {
  if (!isRecord(value) || !Number.isFinite(value.x) || !Number.isFinite(value.y)) return null;
  return { x: value.x as number, y: value.y as number };
}

function readNode(value: unknown): ScenarioNode | null {
  if (!isRecord(value) || typeof value.id !== "string" || typeof value.type !== "string") return null;
  const position = readPosition(value.position);
  if (!position || !isRecord(value.data)) return null;
  const label = typeof value.data.label === "string" ? value.data.label : "";
  const params = isRecord(value.data.params) ? value.data.params : {};
  return { id: value.id, type: value.type, position, data: { label, params } };
}

function readEdge(value: unknown): ScenarioEdge | null {
  if (!isRecord(value)) return null;
  const { id, source, sourceHandle, target } = value;
  if (typeof id !== "string" || typeof source !== "string" || typeof target !== "string") return null;
  if (typeof sourceHandle !== "string") return null;
  return { id, source, sourceHandle, target, targetHandle: "in" };
}

function readNote(value: unknown): Note | null {
  if (!isRecord(value) || typeof value.id !== "string" || typeof value.text !== "string") return null;
  const position = readPosition(value.position);
  if (!position) return null;
  const sides = Object.fromEntries(["width", "height"].filter((side) => Number.isFinite(value[side])).map((side) => [side, value[side] as number]));
  return { id: value.id, position, text: value.text, ...sides, ...(typeof value.color === "string" && { color: value.color }) };
}

function readAll<T>(value: unknown, read: (item: unknown) => T | null): T[] {
  return Array.isArray(value) ? value.map(read).filter((item): item is T & {} => item !== null) : [];
}

export type PasteRefusal = "paste" | "paste_format" | "paste_much";

/** What a text from the clipboard holds, or why it cannot be pasted. Whole documents are welcome. */
export function readFragment(text: string): Fragment | { readonly refused: PasteRefusal } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { refused: "paste" };
  }
  if (!isRecord(value) || !Array.isArray(value.nodes)) return { refused: "paste" };
  if (value.format !== undefined && value.format !== FORMAT) return { refused: "paste_format" };
  if (value.nodes.length > MOST_NODES) return { refused: "paste_much" };
  const nodes = readAll(value.nodes, readNode);
  const notes = readAll(value.notes, readNote);
  if (nodes.length + notes.length === 0) return { refused: "paste" };
  return { nodes, edges: readAll(value.edges, readEdge), notes };
}

/** The upper left corner of what a fragment covers. */
export function cornerOf({ nodes, notes }: Fragment): Position {
  const items = [...nodes, ...notes];
  return {
    x: Math.min(...items.map((item) => item.position.x)),
    y: Math.min(...items.map((item) => item.position.y)),
  };
}

/**
 * Puts a fragment into the document under new ids, its upper left corner at `at`, or a step beside the original.
 * Node types this palette lacks are kept: the server's checks name them.
 */
export function paste(document: ScenarioDocument, fragment: Fragment, ids: IdSource, at?: Position): Change {
  if (document.nodes.length + fragment.nodes.length > MOST_NODES) return { refused: "many" };
  const from = cornerOf(fragment);
  const taken = new Set([...document.nodes, ...document.notes].map(({ position }) => `${position.x} ${position.y}`));
  let to = at ?? { x: from.x + 40, y: from.y + 40 };
  while (taken.has(`${to.x} ${to.y}`)) to = { x: to.x + 40, y: to.y + 40 };
  const place = (position: Position) => snap({ x: position.x - from.x + to.x, y: position.y - from.y + to.y });
  const renamed = new Map<string, string>();
  const nodes = fragment.nodes.map((node) => {
    const id = ids("n");
    renamed.set(node.id, id);
    return { id, type: node.type, position: place(node.position), data: node.data };
  });
  const notes = fragment.notes.map((note) => ({ ...note, id: ids("note"), position: place(note.position) }));
  const edges = fragment.edges.flatMap((edge) => {
    const source = renamed.get(edge.source);
    const target = renamed.get(edge.target);
    return source && target ? [{ ...edge, id: ids("e"), source, target }] : [];
  });
  return {
    document: {
      ...document,
      nodes: [...document.nodes, ...nodes],
      edges: [...document.edges, ...edges],
      notes: [...document.notes, ...notes],
    },
    select: [...nodes, ...notes].map((item) => item.id),
  };
}

export function duplicate(document: ScenarioDocument, chosen: ReadonlySet<string>, ids: IdSource): Change {
  const fragment = fragmentOf(document, chosen);
  if (fragment.nodes.length + fragment.notes.length === 0) return { refused: "missing" };
  return paste(document, fragment, ids);
}

