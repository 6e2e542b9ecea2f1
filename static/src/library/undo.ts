/** Changes that can be taken back. */
export interface Steps<Value> {
  readonly value: Value;
  readonly past: readonly Value[];
  readonly future: readonly Value[];
  /** What was changed last, and when: more of the same within a moment is the same step. */
  readonly last: { readonly name: string; readonly at: number } | null;
}

const MOST = 200;
/** ms between two keystrokes of one step. */
const MOMENT = 900;

export function begin<Value>(value: Value): Steps<Value> {
  return { value, past: [], future: [], last: null };
}

export function further<Value>(steps: Steps<Value>, value: Value, name: string, at: number): Steps<Value> {
  const goesOn = steps.last !== null && steps.last.name === name && at - steps.last.at < MOMENT;
  return { value, past: goesOn ? steps.past : [...steps.past, steps.value].slice(-MOST), future: [], last: { name, at } };
}

export function undo<Value>(steps: Steps<Value>): Steps<Value> {
  const before = steps.past.at(-1);
  if (before === undefined) return steps;
  return { value: before, past: steps.past.slice(0, -1), future: [steps.value, ...steps.future], last: null };
}

export function redo<Value>(steps: Steps<Value>): Steps<Value> {
  const [after, ...future] = steps.future;
  if (after === undefined) return steps;
  return { value: after, past: [...steps.past, steps.value], future, last: null };
}
