import type { PaletteNode } from "../model";

function plain(text: string): string {
  return text.toLocaleLowerCase().replaceAll("ё", "е");
}

/** Node types whose title or help contains every word; matches in the title come first. */
export function searchTypes(nodes: readonly PaletteNode[], query: string): PaletteNode[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...nodes];
  const inTitle: PaletteNode[] = [];
  const inHelp: PaletteNode[] = [];
  for (const node of nodes) {
    const title = plain(`${node.title} ${node.key}`);
    const all = `${title} ${plain(node.help)}`;
    if (words.every((word) => title.includes(word))) inTitle.push(node);
    else if (words.every((word) => all.includes(word))) inHelp.push(node);
  }
  return [...inTitle, ...inHelp];
}

export function matches(text: string, query: string): boolean {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return words.every((word) => plain(text).includes(word));
}
