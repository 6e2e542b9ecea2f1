/**
 * Two drafts that grew out of one, brought together step by step: what one side alone touched comes from that side, and
 * a person decides about what both did.
 */
import { equalJson } from "../document/difference";
import type { Note, ScenarioDocument, ScenarioEdge, ScenarioNode } from "../document/types";

export type Side = "mine" | "theirs";
export type Change = "added" | "changed" | "removed" | "moved";

/** One thing that differs between the drafts. */
export interface Unit {
  readonly key: string;
  readonly kind: "node" | "note" | "settings";
  /** id of the node or note */
  readonly id: string;
  /** what each side did since the common draft; null: nothing */
  readonly mine: Change | null;
  readonly theirs: Change | null;
}

export type Choices = Readonly<Record<string, Side>>;

type Wires = ReadonlyMap<string, readonly ScenarioEdge[]>;

function wiresOf(document: ScenarioDocument): Wires {
  const wires = new Map<string, ScenarioEdge[]>();
  for (const edge of document.edges) wires.set(edge.source, [...(wires.get(edge.source) ?? []), edge]);
  return wires;
}

/** Where the ways out of a node lead, whatever the ids of the lines. */
function leads(edges: readonly ScenarioEdge[] | undefined): readonly string[] {
  return (edges ?? []).map((edge) => `${edge.sourceHandle} ${edge.target}`).sort();
}

function nodeChange(was: ScenarioNode | undefined, now: ScenarioNode | undefined, wiresWere: Wires, wiresNow: Wires): Change | null {
  if (!was || !now) return was ? "removed" : now ? "added" : null;
  const same = was.type === now.type && equalJson(was.data, now.data) && equalJson(leads(wiresWere.get(was.id)), leads(wiresNow.get(now.id)));
  if (!same) return "changed";
  return equalJson(was.position, now.position) ? null : "moved";
}

function noteChange(was: Note | undefined, now: Note | undefined): Change | null {
  if (!was || !now) return was ? "removed" : now ? "added" : null;
  if (was.text !== now.text || was.color !== now.color) return "changed";
  return equalJson(was, now) ? null : "moved";
}

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

function ids(...lists: readonly (readonly { readonly id: string }[])[]): string[] {
  return [...new Set(lists.flat().map((item) => item.id))];
}

function settingsChange(was: ScenarioDocument, now: ScenarioDocument): Change | null {
  return was.name === now.name && equalJson(was.settings, now.settings) ? null : "changed";
}

/** Everything in which a draft differs from the common one on either side, without what both did alike. */
export function unitsOf(base: ScenarioDocument, mine: ScenarioDocument, theirs: ScenarioDocument): Unit[] {
  const units: Unit[] = [];
  const nodes = { base: byId(base.nodes), mine: byId(mine.nodes), theirs: byId(theirs.nodes) };
  const wires = { base: wiresOf(base), mine: wiresOf(mine), theirs: wiresOf(theirs) };
  for (const id of ids(base.nodes, mine.nodes, theirs.nodes)) {
    const was = nodes.base.get(id);
    const unit: Unit = {
      key: `node ${id}`,
      kind: "node",
      id,
      mine: nodeChange(was, nodes.mine.get(id), wires.base, wires.mine),
      theirs: nodeChange(was, nodes.theirs.get(id), wires.base, wires.theirs),
    };
    if ((unit.mine || unit.theirs) && nodeChange(nodes.mine.get(id), nodes.theirs.get(id), wires.mine, wires.theirs)) units.push(unit);
  }
  const notes = { base: byId(base.notes), mine: byId(mine.notes), theirs: byId(theirs.notes) };
  for (const id of ids(base.notes, mine.notes, theirs.notes)) {
    const unit: Unit = {
      key: `note ${id}`,
      kind: "note",
      id,
      mine: noteChange(notes.base.get(id), notes.mine.get(id)),
      theirs: noteChange(notes.base.get(id), notes.theirs.get(id)),
    };
    if ((unit.mine || unit.theirs) && noteChange(notes.mine.get(id), notes.theirs.get(id))) units.push(unit);
  }
  const settings: Unit = { key: "settings", kind: "settings", id: "", mine: settingsChange(base, mine), theirs: settingsChange(base, theirs) };
  if ((settings.mine || settings.theirs) && settingsChange(mine, theirs)) units.push(settings);
  return units;
}

/** Both sides touched it, and one of the two has to give way. Where a card stands is no reason to ask. */
export function isContested(unit: Unit): boolean {
  return unit.mine !== null && unit.theirs !== null && unit.mine !== "moved" && unit.theirs !== "moved";
}

/** The side that is taken unless a person says otherwise: the one that did more. */
export function likely(unit: Unit): Side {
  if (unit.mine === null || (unit.mine === "moved" && unit.theirs !== null && unit.theirs !== "moved")) return "theirs";
  return "mine";
}

export function sideOf(unit: Unit, choices: Choices): Side {
  return choices[unit.key] ?? likely(unit);
}

/** Whose work the choice leaves out: it is put aside as a scenario of its own. */
export function leftOut(units: readonly Unit[], choices: Choices): ReadonlySet<Side> {
  const out = new Set<Side>();
  for (const unit of units) {
    const side = sideOf(unit, choices);
    const other = side === "mine" ? unit.theirs : unit.mine;
    if (other !== null && other !== "moved") out.add(side === "mine" ? "theirs" : "mine");
  }
  return out;
}

/** The draft that the choices make. A line whose end was left out goes with it; the checks then show the free way out. */
export function merged(mine: ScenarioDocument, theirs: ScenarioDocument, units: readonly Unit[], choices: Choices): ScenarioDocument {
  const chosen = new Map(units.map((unit) => [unit.key, sideOf(unit, choices)]));
  const from = (key: string) => (chosen.get(key) === "theirs" ? theirs : mine);
  const pick = <T extends { readonly id: string }>(kind: "node" | "note", list: (document: ScenarioDocument) => readonly T[]): T[] =>
    ids(list(theirs), list(mine)).flatMap((id) => list(from(`${kind} ${id}`)).find((item) => item.id === id) ?? []);
  const nodes = pick("node", (document) => document.nodes);
  const kept = new Set(nodes.map((node) => node.id));
  const wires = { mine: wiresOf(mine), theirs: wiresOf(theirs) };
  const edges = nodes
    .flatMap((node) => wires[chosen.get(`node ${node.id}`) ?? "mine"].get(node.id) ?? [])
    .filter((edge) => kept.has(edge.target));
  const { format, name, settings } = from("settings");
  return { format, name, settings, nodes, edges, notes: pick("note", (document) => document.notes) };
}
