import type { Grammar, Port, ScenarioNode } from "./document/types";
import type { Analysis, Palette, PaletteNode } from "./model";

export type PaletteIndex = ReadonlyMap<string, PaletteNode>;

export function indexPalette(palette: Palette): PaletteIndex {
  return new Map(palette.nodes.map((node) => [node.key, node]));
}

const NO_PORTS: readonly Port[] = [];

/** Ports as the last analysis gave them; a node that is too new for it has the ports of its type's defaults. */
export function grammarOf(palette: PaletteIndex, analysis: Analysis): Grammar {
  return {
    portsOf: (node: ScenarioNode) => analysis.nodes[node.id]?.ports ?? palette.get(node.type)?.ports ?? NO_PORTS,
    isEntry: (type) => palette.get(type)?.entry ?? false,
    isTerminal: (type) => palette.get(type)?.terminal ?? false,
    isCalled: (type) => palette.get(type)?.called ?? false,
  };
}
