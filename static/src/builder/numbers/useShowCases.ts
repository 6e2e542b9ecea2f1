import { useCallback, type MouseEvent } from "react";

import { usePlace } from "../state/context";
import type { CaseFilter } from "../store";

/** Selects a step and lists the loans behind one of its counts. */
export function useShowCases(): (event: MouseEvent, node: string, cases: CaseFilter) => void {
  const { store } = usePlace();
  return useCallback(
    (event, node, cases) => {
      event.stopPropagation();
      store.getState().select([node]);
      store.getState().set({ tab: "loans", cases });
    },
    [store],
  );
}
