/** Stores of scenarios that were open in this tab: who goes into a sub-scenario and back can still undo. */
import { equalJson } from "../document/difference";
import type { ScenarioDocument } from "../document/types";
import type { BuilderStore } from "../store";

const MOST = 8;
const kept = new Map<number, BuilderStore>();

export function keepStore(scenario: number, store: BuilderStore): void {
  kept.delete(scenario);
  kept.set(scenario, store);
  const [oldest] = kept.keys();
  if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
}

/** What a scenario that was open in this tab is called. */
export function keptName(scenario: number): string | undefined {
  return kept.get(scenario)?.getState().document.name;
}

/** The scenario's store with its history, if nobody has changed the draft since; null otherwise. */
export function keptStore(scenario: number, draft: ScenarioDocument): BuilderStore | null {
  const store = kept.get(scenario);
  kept.delete(scenario);
  return store && equalJson(store.getState().document, draft) ? store : null;
}
