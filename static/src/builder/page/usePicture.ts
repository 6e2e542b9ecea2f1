import { useCallback } from "react";

import type { Measure } from "../document/lettering";
import { FONTS, pictureOf } from "../document/picture";
import { grammarOf } from "../grammar";
import { groupColor, noteColor } from "../groups";
import { usePlace } from "../state/context";

/** Fonts differ from machine to machine: a little room is left. */
const SLACK = 1.04;

function measuring(): Measure | undefined {
  const pen = window.document.createElement("canvas").getContext("2d");
  if (!pen) return undefined;
  return (text, size, isBold) => {
    pen.font = `${isBold ? "bold " : ""}${size}px ${FONTS}`;
    return pen.measureText(text).width * SLACK;
  };
}

/** Draws the graph as it stands now, as the text of an SVG file. */
export function usePicture(): () => string {
  const { store, index } = usePlace();
  return useCallback(() => {
    const { document: drawn, analysis } = store.getState();
    const style = getComputedStyle(window.document.documentElement);
    const plain = (color: string) => style.getPropertyValue(color.slice(4, -1)).trim();
    const grammar = grammarOf(index, analysis);
    const shown = (node: (typeof drawn.nodes)[number]) => {
      const kind = index.get(node.type);
      return {
        title: node.data.label || (kind?.title ?? node.type),
        words: analysis.nodes[node.id]?.sentence ?? kind?.title ?? "",
        color: plain(groupColor(kind?.group)),
        ports: grammar.portsOf(node),
      };
    };
    return pictureOf(drawn, grammar, shown, measuring(), (note) => plain(noteColor(note.color)));
  }, [store, index]);
}
