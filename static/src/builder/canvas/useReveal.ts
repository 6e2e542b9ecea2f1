import { useReactFlow } from "@xyflow/react";
import { useCallback } from "react";

import { findNode } from "../document/commands";
import { NODE_HEIGHT, NODE_WIDTH } from "../document/geometry";
import { usePlace } from "../state/context";

const CLOSE_ENOUGH = 0.6;

/** Brings a step into view; the canvas stands still when the step is seen well enough already. */
export function useReveal(): (id: string) => void {
  const { store } = usePlace();
  const flow = useReactFlow();
  return useCallback(
    (id) => {
      const { document: drawn } = store.getState();
      const edge = drawn.edges.find((item) => item.id === id);
      const node = findNode(drawn, edge?.target ?? id) ?? drawn.notes.find((note) => note.id === id);
      const frame = document.getElementById("builder-canvas")?.getBoundingClientRect();
      if (!node || !frame) return;
      const from = flow.flowToScreenPosition(node.position);
      const to = flow.flowToScreenPosition({ x: node.position.x + NODE_WIDTH, y: node.position.y + NODE_HEIGHT });
      const isInside = from.x >= frame.left && from.y >= frame.top && to.x <= frame.right && to.y <= frame.bottom;
      const zoom = flow.getZoom();
      if (isInside && zoom >= CLOSE_ENOUGH) return;
      const centre = { x: node.position.x + NODE_WIDTH / 2, y: node.position.y + NODE_HEIGHT / 2 };
      void flow.setCenter(centre.x, centre.y, { zoom: Math.max(zoom, CLOSE_ENOUGH), duration: 140 });
    },
    [store, flow],
  );
}
