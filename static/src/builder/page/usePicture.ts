import { useCallback } from "react";

import { pictureOf } from "../document/picture";
import { grammarOf } from "../grammar";
import { groupColor } from "../groups";
import { usePlace } from "../state/context";

/** Draws the graph as it stands now, as the text of an SVG file. */
export function usePicture(): () => string {
  const { store, index } = usePlace();
  return useCallback(() => {
    const { document: drawn, analysis } = store.getState();
    const style = getComputedStyle(window.document.documentElement);
    return pictureOf(drawn, (node) => {
      const kind = index.get(node.type);
      return {
        title: node.data.label || (kind?.title ?? node.type),
        words: analysis.nodes[node.id]?.sentence ?? kind?.title ?? "",
        color: style.getPropertyValue(groupColor(kind?.group).slice(4, -1)).trim(),
        ports: grammarOf(index, analysis).portsOf(node),
      };
    });
  }, [store, index]);
}
