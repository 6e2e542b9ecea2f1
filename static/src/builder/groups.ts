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

/** The colour of a group of node types, as CSS. */
export function groupColor(group: NodeGroup | undefined): string {
  return `var(--ks-group-${group ? GROUP_TOKENS[group] : "end"})`;
}
