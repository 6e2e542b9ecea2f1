/** The scenario document: what the canvas draws is what the server stores (React Flow's names, so nothing is mapped). */

export interface Position {
  x: number;
  y: number;
}

export type Params = Readonly<Record<string, unknown>>;

export interface ScenarioNode {
  readonly id: string;
  readonly type: string;
  readonly position: Position;
  /** a person put it there: tidying up may leave it alone */
  readonly placed?: boolean;
  readonly data: { readonly label: string; readonly params: Params };
}

export interface ScenarioEdge {
  readonly id: string;
  readonly source: string;
  readonly sourceHandle: string;
  readonly target: string;
  readonly targetHandle: "in";
}

export interface Note {
  readonly id: string;
  readonly position: Position;
  readonly text: string;
  /** canvas units; without them as wide as new notes are, and as high as the text */
  readonly width?: number;
  readonly height?: number;
  /** a group of the palette, whose colour the note has; without one it is yellow */
  readonly color?: string;
}

export const LONGEST_NOTE = 2_000;

export type Settings = Readonly<Record<string, unknown>>;

export interface ScenarioDocument {
  readonly format: number;
  readonly name: string;
  readonly settings: Settings;
  readonly nodes: readonly ScenarioNode[];
  readonly edges: readonly ScenarioEdge[];
  readonly notes: readonly Note[];
}

export interface Port {
  readonly key: string;
  readonly title: string;
  readonly required: boolean;
}

/** What the commands must know about node types; the answers come from the server's palette and analysis. */
export interface Grammar {
  portsOf(node: ScenarioNode): readonly Port[];
  isEntry(type: string): boolean;
  isTerminal(type: string): boolean;
  /** an entry that only a calling step lets loans into */
  isCalled(type: string): boolean;
}

/** Gives a fresh id; an argument, so that tests repeat. Ids are never reused: numbers of old versions hang on them. */
export type IdSource = (prefix: "n" | "e" | "note") => string;

export type Refusal =
  | "self" | "entry" | "taken" | "no_port" | "terminal" | "missing" | "twice" | "many"
  | "part_entry" | "part_heads" | "part_ways" | "part_alone" | "part_empty";

/** A command's answer: the new document and what should be selected, or why nothing happened. */
export type Change =
  | { readonly document: ScenarioDocument; readonly select?: readonly string[] }
  | { readonly refused: Refusal };

export function isRefused(change: Change): change is Extract<Change, { readonly refused: Refusal }> {
  return "refused" in change;
}

export const EMPTY_DOCUMENT: ScenarioDocument = {
  format: 1,
  name: "",
  settings: {},
  nodes: [],
  edges: [],
  notes: [],
};

export const randomIds: IdSource = (prefix) => {
  const bytes = crypto.getRandomValues(new Uint32Array(2));
  return prefix + [...bytes].map((part) => part.toString(36)).join("").slice(0, 8);
};
