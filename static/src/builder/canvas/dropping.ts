/** Steps that are dragged out of the list of steps and dropped on the canvas. */
import { useReactFlow } from "@xyflow/react";
import { useState, type DragEvent } from "react";

import { useActions, type Spot } from "../state/actions";
import { useEditable, usePlace } from "../state/context";

/** What a drag carries: the key of a step type. */
export const STEP_DRAG = "application/x-kaskad-step";

/** The connection at a point of the screen, under whatever else lies there. */
export function edgeUnder(x: number, y: number): string | null {
  for (const item of document.elementsFromPoint(x, y)) {
    const label = item.closest<HTMLElement>("[data-edge]");
    if (label?.dataset.edge) return label.dataset.edge;
    const edge = item.closest<HTMLElement>(".react-flow__edge");
    if (edge?.dataset.id) return edge.dataset.id;
  }
  return null;
}

/** Handlers of the canvas; a step that falls on a connection is inserted there. */
export function useDropping() {
  const { store } = usePlace();
  const actions = useActions();
  const editable = useEditable();
  const flow = useReactFlow();
  const [isOver, setOver] = useState(false);
  const carries = (event: DragEvent) => editable && event.dataTransfer.types.includes(STEP_DRAG);
  return {
    isOver,
    handlers: {
      onDragOver: (event: DragEvent) => {
        if (!carries(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
        setOver(true);
        store.getState().set({ aim: edgeUnder(event.clientX, event.clientY) });
      },
      onDragLeave: () => {
        setOver(false);
        store.getState().set({ aim: null });
      },
      onDrop: (event: DragEvent) => {
        if (!carries(event)) return;
        event.preventDefault();
        setOver(false);
        store.getState().set({ aim: null });
        const edge = edgeUnder(event.clientX, event.clientY);
        const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
        const spot: Spot = edge === null ? { kind: "point", at } : { kind: "edge", edge };
        actions.add(event.dataTransfer.getData(STEP_DRAG), spot);
      },
    },
  };
}
