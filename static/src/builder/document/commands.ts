/**
 * Every edit of a scenario as a pure function from document to document. Undo, redo, the diff and the audit work on
 * the values before and after, so a command changes nothing in place and keeps untouched parts identical.
 */
import { equalJson } from "./difference";
import { freePlace, NODE_WIDTH, pushDown, ROW, snap } from "./geometry";
import type {
  Change,
  Grammar,
  IdSource,
  Note,
  Params,
  Position,
  Refusal,
  ScenarioDocument,
  ScenarioEdge,
  ScenarioNode,
} from "./types";

export interface NewNode {
  readonly type: string;
  readonly label: string;
  readonly params: Params;
}

export interface Connection {
  readonly source: string;
  readonly sourceHandle: string;
  readonly target: string;
}

export function findNode(document: ScenarioDocument, id: string): ScenarioNode | undefined {
  return document.nodes.find((node) => node.id === id);
}

/** The first port of a node that leads nowhere yet. */
export function freePort(document: ScenarioDocument, node: ScenarioNode, grammar: Grammar): string | undefined {
  const taken = new Set(document.edges.filter((edge) => edge.source === node.id).map((edge) => edge.sourceHandle));
  return grammar.portsOf(node).find((port) => !taken.has(port.key))?.key;
}

/** Why a connection may not be drawn, or null. `except` is the edge being reconnected. */
export function refusalOf(
  document: ScenarioDocument,
  wanted: Connection,
  grammar: Grammar,
  except?: string,
): Refusal | null {
  const source = findNode(document, wanted.source);
  const target = findNode(document, wanted.target);
  if (!source || !target) return "missing";
  if (source.id === target.id) return "self";
  if (grammar.isEntry(target.type)) return "entry";
  if (grammar.isTerminal(source.type)) return "terminal";
  if (!grammar.portsOf(source).some((port) => port.key === wanted.sourceHandle)) return "no_port";
  const taken = document.edges.some(
    (edge) => edge.id !== except && edge.source === wanted.source && edge.sourceHandle === wanted.sourceHandle,
  );
  return taken ? "taken" : null;
}

function edgeOf(id: string, connection: Connection): ScenarioEdge {
  const { source, sourceHandle, target } = connection;
  return { id, source, sourceHandle, target, targetHandle: "in" };
}

export function connect(document: ScenarioDocument, wanted: Connection, grammar: Grammar, ids: IdSource): Change {
  const refused = refusalOf(document, wanted, grammar);
  if (refused) return { refused };
  return { document: { ...document, edges: [...document.edges, edgeOf(ids("e"), wanted)] } };
}

/** Moves one end (or both) of an edge; it keeps its id. */
export function reconnect(document: ScenarioDocument, edgeId: string, wanted: Connection, grammar: Grammar): Change {
  const old = document.edges.find((edge) => edge.id === edgeId);
  if (!old) return { refused: "missing" };
  const refused = refusalOf(document, wanted, grammar, edgeId);
  if (refused) return { refused };
  const same =
    old.source === wanted.source && old.sourceHandle === wanted.sourceHandle && old.target === wanted.target;
  if (same) return { document };
  const edges = document.edges.map((edge) => (edge.id === edgeId ? edgeOf(edgeId, wanted) : edge));
  return { document: { ...document, edges } };
}

function nodeOf(id: string, made: NewNode, position: Position): ScenarioNode {
  return { id, type: made.type, position: snap(position), data: { label: made.label, params: made.params } };
}

/** Adds a node at a place; `byHand` says that a person chose the place. */
export function addNode(document: ScenarioDocument, made: NewNode, position: Position, ids: IdSource, byHand = false): Change {
  const node = { ...nodeOf(ids("n"), made, position), ...(byHand && { placed: true }) };
  return { document: { ...document, nodes: [...document.nodes, node] }, select: [node.id] };
}

/** Adds a node below another and connects it to the first free port, where there is one. */
export function addAfter(
  document: ScenarioDocument,
  after: string,
  made: NewNode,
  grammar: Grammar,
  ids: IdSource,
): Change {
  const source = findNode(document, after);
  if (!source) return { refused: "missing" };
  const port = freePort(document, source, grammar);
  const ports = grammar.portsOf(source);
  const column = port ? ports.findIndex((item) => item.key === port) - (ports.length - 1) / 2 : 0;
  const wanted = { x: source.position.x + column * (NODE_WIDTH + 40), y: source.position.y + ROW };
  const node = nodeOf(ids("n"), made, freePlace(document.nodes, wanted));
  const edges =
    port && !grammar.isEntry(made.type)
      ? [...document.edges, edgeOf(ids("e"), { source: after, sourceHandle: port, target: node.id })]
      : document.edges;
  return { document: { ...document, nodes: [...document.nodes, node], edges }, select: [node.id] };
}

/** Puts a node into an edge: the old source leads to it, and its first port to the old target. */
export function addOnEdge(
  document: ScenarioDocument,
  edgeId: string,
  made: NewNode,
  grammar: Grammar,
  ids: IdSource,
): Change {
  const edge = document.edges.find((item) => item.id === edgeId);
  const source = edge && findNode(document, edge.source);
  const target = edge && findNode(document, edge.target);
  if (!edge || !source || !target) return { refused: "missing" };
  if (grammar.isEntry(made.type)) return { refused: "entry" };
  if (grammar.isTerminal(made.type)) return { refused: "terminal" };
  const below = target.position.y > source.position.y;
  const room = below ? source.position.y + 2 * ROW - target.position.y : 0;
  const nodes = pushDown(document, target.id, room);
  const position = below
    ? { x: Math.min(Math.max(source.position.x, target.position.x), target.position.x), y: source.position.y + ROW }
    : { x: (source.position.x + target.position.x) / 2, y: (source.position.y + target.position.y) / 2 };
  const node = nodeOf(ids("n"), made, freePlace(nodes, position));
  const onward = grammar.portsOf(node)[0];
  const edges = document.edges.map((item) => (item.id === edgeId ? { ...item, target: node.id } : item));
  if (onward) {
    edges.push(edgeOf(ids("e"), { source: node.id, sourceHandle: onward.key, target: target.id }));
  }
  return { document: { ...document, nodes: [...nodes, node], edges }, select: [node.id] };
}

/** Whether a step hangs on nothing yet, so that dropping it on a connection means to put it in there. */
export function isLoose(document: ScenarioDocument, id: string, grammar: Grammar): boolean {
  const node = findNode(document, id);
  if (!node || grammar.isEntry(node.type) || grammar.isTerminal(node.type)) return false;
  return !document.edges.some((edge) => edge.source === id || edge.target === id);
}

/** Puts a loose step into an edge, where it stands. */
export function insertOnEdge(document: ScenarioDocument, edgeId: string, id: string, grammar: Grammar, ids: IdSource): Change {
  const edge = document.edges.find((item) => item.id === edgeId);
  const node = findNode(document, id);
  if (!edge || !node) return { refused: "missing" };
  if (!isLoose(document, id, grammar)) return { refused: "twice" };
  const onward = grammar.portsOf(node)[0];
  const edges = document.edges.map((item) => (item.id === edgeId ? { ...item, target: id } : item));
  if (onward) edges.push(edgeOf(ids("e"), { source: id, sourceHandle: onward.key, target: edge.target }));
  return { document: { ...document, edges }, select: [id] };
}

/** Moves nodes and notes to the given places; `byHand` marks them as placed by a person, else the mark goes. */
export function move(document: ScenarioDocument, places: ReadonlyMap<string, Position>, byHand = false): Change {
  let moved = false;
  const place = <T extends { id: string; position: Position }>(item: T): T => {
    const wanted = places.get(item.id);
    if (!wanted || (wanted.x === item.position.x && wanted.y === item.position.y)) return item;
    moved = true;
    return { ...item, position: { x: wanted.x, y: wanted.y } };
  };
  const nodes = document.nodes.map((node) => {
    const { placed, ...rest } = place(node);
    if (!places.has(node.id) || (placed ?? false) === byHand) return place(node);
    moved = true;
    return byHand ? { ...rest, placed: true } : rest;
  });
  const notes = document.notes.map(place);
  return { document: moved ? { ...document, nodes, notes } : document };
}

function changeData(
  document: ScenarioDocument,
  id: string,
  data: Partial<ScenarioNode["data"]>,
): Change {
  if (!findNode(document, id)) return { refused: "missing" };
  const nodes = document.nodes.map((node) => (node.id === id ? { ...node, data: { ...node.data, ...data } } : node));
  return { document: { ...document, nodes } };
}

export function changeParams(document: ScenarioDocument, id: string, params: Params): Change {
  return changeData(document, id, { params });
}

export function rename(document: ScenarioDocument, id: string, label: string): Change {
  if (findNode(document, id)?.data.label === label) return { document };
  return changeData(document, id, { label });
}

export function changeSettings(document: ScenarioDocument, settings: Partial<ScenarioDocument["settings"]>): Change {
  return { document: { ...document, settings: { ...document.settings, ...settings } } };
}

export function renameScenario(document: ScenarioDocument, name: string): Change {
  return { document: document.name === name ? document : { ...document, name } };
}

export function addNote(document: ScenarioDocument, position: Position, text: string, ids: IdSource): Change {
  const note: Note = { id: ids("note"), position: snap(position), text };
  return { document: { ...document, notes: [...document.notes, note] }, select: [note.id] };
}

/** What of a note is to change; null takes a thing away. */
export type NotePart = { readonly [Field in keyof Omit<Note, "id">]?: Note[Field] | null };

export function changeNote(document: ScenarioDocument, id: string, part: NotePart): Change {
  const note = document.notes.find((item) => item.id === id);
  if (!note) return { refused: "missing" };
  const changed = Object.fromEntries(Object.entries({ ...note, ...part }).filter(([, value]) => value !== null)) as unknown as Note;
  if (equalJson(changed, note)) return { document };
  return { document: { ...document, notes: document.notes.map((item) => (item === note ? changed : item)) } };
}
