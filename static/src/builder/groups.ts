import type { NodeGroup } from "./model";

/** The tokens name groups by meaning; these are the groups of the palette. */
const GROUP_TOKENS: Readonly<Record<NodeGroup, string>> = {
  entry: "entry",
  logic: "logic",
  wait: "wait",
  message: "contact",
  work: "people",
  action: "legal",
  end: "end",
};

const NOTE = "var(--ks-note)";

/** What a note may be coloured with; null: as notes are. */
export const NOTE_COLORS: readonly (NodeGroup | null)[] = [null, ...(Object.keys(GROUP_TOKENS) as NodeGroup[])];

/** The colour of a note, as CSS; a name that is none of the palette's groups counts as no colour. */
export function noteColor(color: string | undefined): string {
  return NOTE_COLORS.some((group) => group === color) ? groupColor(color as NodeGroup) : NOTE;
}

/** The colour of a group of node types, as CSS. */
export function groupColor(group: NodeGroup | undefined): string {
  return `var(--ks-group-${group ? GROUP_TOKENS[group] : "end"})`;
}
