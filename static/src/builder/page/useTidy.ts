import { useReactFlow } from "@xyflow/react";
import { useCallback } from "react";

import { notifyError } from "../../ui/notify";
import { FIT } from "../canvas/CanvasControls";
import { findNode } from "../document/commands";
import { NODE_HEIGHT, nodeWidth } from "../document/geometry";
import { useActions } from "../state/actions";
import { usePlace } from "../state/context";
import { LATER } from "../state/later";

interface Wanted {
  /** what a person placed stays where it is */
  readonly keepPlaced?: boolean;
}

/** Lays out the selected steps, or everything when fewer than two are selected; one step of undo. */
export function useTidy(): (wanted?: Wanted) => void {
  const { store } = usePlace();
  const actions = useActions();
  const flow = useReactFlow();
  const arrange = useCallback(async ({ keepPlaced = false }: Wanted) => {
    const { tidy } = await LATER.tidy();
    const { document, selection } = store.getState();
    const grammar = actions.grammar();
    const sizeOf = (id: string) => {
      const node = findNode(document, id);
      return { width: nodeWidth(node ? grammar.portsOf(node).length : 1), height: NODE_HEIGHT };
    };
    const chosen = new Set(document.nodes.filter((node) => selection.has(node.id)).map((node) => node.id));
    actions.apply(tidy(document, sizeOf, grammar, { keepPlaced, ...(chosen.size > 1 && { only: chosen }) }));
    if (chosen.size < 2) requestAnimationFrame(() => void flow.fitView(FIT));
  }, [store, actions, flow]);
  return useCallback((wanted = {}) => void arrange(wanted).catch(notifyError), [arrange]);
}
