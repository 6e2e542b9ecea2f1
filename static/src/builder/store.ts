/** The state of one open scenario. Only the document has a history; selection, mode and server data do not. */
import type { Viewport } from "@xyflow/react";
import { temporal } from "zundo";
import { createStore, type StoreApi } from "zustand/vanilla";

import { isRefused, type Change, type Refusal, type ScenarioDocument } from "./document/types";
import type { Colleague } from "./saving/presence";
import type { SaveState } from "./saving/autosave";
import type { Heat } from "./numbers/lens";
import { EMPTY_ANALYSIS, type Analysis, type VersionNumbers } from "./model";
import { share } from "./share";

export type Mode = "edit" | "numbers";
export type InspectorTab = "settings" | "numbers" | "loans";

export const CASE_STATES = ["here", "entered", "left", "failed"] as const;

export interface CaseFilter {
  readonly state: (typeof CASE_STATES)[number];
  /** only those that left by this port */
  readonly port: string | null;
}

export interface BuilderState {
  document: ScenarioDocument;
  selection: ReadonlySet<string>;
  mode: Mode;
  tab: InspectorTab;
  /** field of the selected node to bring into view, set by a click on a problem */
  focusField: string | null;
  /** fades what the chosen steps' ways do not touch */
  focus: boolean;
  /** the connection under the pointer, or under a step that is being dragged */
  aim: string | null;
  /** the note that is being written */
  writing: string | null;
  heat: Heat;
  /** the loan that texts of messages are shown for; null: one is taken */
  previewLoan: number | null;
  /** which loans of the selected node are listed */
  cases: CaseFilter;
  analysis: Analysis;
  numbers: VersionNumbers | null;
  /** other tabs, of colleagues or one's own, that have the scenario open */
  others: readonly Colleague[];
  save: SaveState;
  readOnly: boolean;
  /** where the canvas stood when it was last left */
  viewport: Viewport | null;
  /** seen from so far away that small print is left out */
  isFar: boolean;
  /** Carries out a command; edits with the same `merge` key in quick succession are one step of undo. */
  apply: (change: Change, merge?: string) => Refusal | null;
  /** Shows another document and forgets the history. */
  load: (document: ScenarioDocument) => void;
  select: (ids: Iterable<string>) => void;
  undo: () => void;
  redo: () => void;
  setAnalysis: (analysis: Analysis) => void;
  setNumbers: (numbers: VersionNumbers | null) => void;
  setOthers: (others: readonly Colleague[]) => void;
  set: (part: Partial<Pick<BuilderState, "mode" | "tab" | "focusField" | "heat" | "previewLoan" | "cases" | "focus" | "aim" | "writing" | "save" | "readOnly" | "viewport" | "isFar">>) => void;
}

type History = Pick<BuilderState, "document">;

export interface BuilderStore extends StoreApi<BuilderState> {
  temporal: StoreApi<{ pastStates: unknown[]; futureStates: unknown[]; undo: () => void; redo: () => void; clear: () => void }>;
}

const MERGE_WITHIN = 1_200;
const HISTORY = 500;

function existing(document: ScenarioDocument, selection: ReadonlySet<string>): ReadonlySet<string> {
  if (selection.size === 0) return selection;
  const ids = new Set([...document.nodes, ...document.edges, ...document.notes].map((item) => item.id));
  const kept = [...selection].filter((id) => ids.has(id));
  return kept.length === selection.size ? selection : new Set(kept);
}

/** `now` gives milliseconds; it decides which quick edits merge. */
export function createBuilderStore(document: ScenarioDocument, readOnly: boolean, now: () => number): BuilderStore {
  let last: { key: string; at: number } | null = null;
  let next: string | undefined;
  const store = createStore<BuilderState>()(
    temporal(
      (set, get) => ({
        document,
        selection: new Set<string>(),
        mode: readOnly ? "numbers" : "edit",
        tab: readOnly ? "numbers" : "settings",
        focusField: null,
        focus: false,
        aim: null,
        writing: null,
        heat: "none",
        previewLoan: null,
        cases: { state: "here", port: null },
        analysis: EMPTY_ANALYSIS,
        numbers: null,
        others: [],
        save: { kind: "saved" },
        readOnly,
        viewport: null,
    isFar: false,
        apply: (change, merge) => {
          if (isRefused(change)) return change.refused;
          if (get().readOnly) return null;
          next = merge;
          const selection = existing(change.document, change.select ? new Set(change.select) : get().selection);
          set({ document: change.document, selection });
          return null;
        },
        load: (loaded) => {
          last = null;
          set({ document: loaded, selection: existing(loaded, get().selection) });
          (store as unknown as BuilderStore).temporal.getState().clear();
        },
        select: (ids) => {
          const selection = new Set(ids);
          const old = get().selection;
          // the order counts too: the last one is where a walk goes on
          if (selection.size === old.size && [...selection].join() === [...old].join()) return;
          set({ selection, focusField: null });
        },
        undo: () => {
          last = null;
          if (get().readOnly) return;
          (store as unknown as BuilderStore).temporal.getState().undo();
          set({ selection: existing(get().document, get().selection) });
        },
        redo: () => {
          last = null;
          if (get().readOnly) return;
          (store as unknown as BuilderStore).temporal.getState().redo();
          set({ selection: existing(get().document, get().selection) });
        },
        setAnalysis: (analysis) => set({ analysis: share(get().analysis, analysis) }),
        setNumbers: (numbers) => set({ numbers: share(get().numbers, numbers) }),
        setOthers: (others) => set({ others: share(get().others, others) }),
        set: (part) => {
          // every card and connection looks at each new state: none is made where nothing is new
          const now = get();
          if ((Object.keys(part) as (keyof typeof part)[]).some((name) => part[name] !== now[name])) set(part);
        },
      }),
      {
        partialize: (state): History => ({ document: state.document }),
        equality: (past, current) => past.document === current.document,
        limit: HISTORY,
        handleSet: (handle) => (past, replace, current, delta) => {
          const key = next;
          const at = now();
          next = undefined;
          const merges = key !== undefined && last !== null && last.key === key && at - last.at < MERGE_WITHIN;
          last = key === undefined ? null : { key, at };
          if (!merges) (handle as (...args: unknown[]) => void)(past, replace, current, delta);
        },
      },
    ),
  );
  return store;
}
