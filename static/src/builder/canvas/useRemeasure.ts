import { useUpdateNodeInternals } from "@xyflow/react";
import { useEffect, useRef } from "react";

const waiting = new Set<string>();

/**
 * Has the canvas measure a card anew when its `shape` changed; the first time it does so by itself. Cards that change in
 * the same moment are measured together: each measuring tells every card on the canvas.
 */
export function useRemeasure(id: string, shape: string): void {
  const measure = useUpdateNodeInternals();
  const known = useRef(shape);
  useEffect(() => {
    if (known.current === shape) return;
    known.current = shape;
    waiting.add(id);
    queueMicrotask(() => {
      if (waiting.size === 0) return;
      const ids = [...waiting];
      waiting.clear();
      measure(ids);
    });
  }, [measure, id, shape]);
}
