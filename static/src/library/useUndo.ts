import { useState } from "react";
import { type Steps, begin, further, redo, undo } from "./undo";

/** A value that can be taken back step by step; changes under one name within a moment are one step. */
export function useUndo<Value>(first: Value) {
  const [steps, setSteps] = useState<Steps<Value>>(() => begin(first));
  return {
    value: steps.value,
    canUndo: steps.past.length > 0,
    canRedo: steps.future.length > 0,
    set: (value: Value, name: string) => setSteps((former) => further(former, value, name, Date.now())),
    undo: () => setSteps(undo),
    redo: () => setSteps(redo),
    /** Another beginning, with nothing to take back. */
    restart: (value: Value) => setSteps(begin(value)),
  };
}
