import { createContext, useContext, useMemo } from "react";
import { useStore } from "zustand";

import type { Right } from "../../api/types";
import { grammarOf, type PaletteIndex } from "../grammar";
import type { LiveVersion, Palette, Scenario, Version } from "../model";
import type { Autosave } from "../saving/autosave";
import type { BuilderState, BuilderStore } from "../store";
import type { Grammar } from "../document/types";

/** What one open page of the builder is about. */
export interface BuilderPlace {
  readonly store: BuilderStore;
  readonly palette: Palette;
  readonly index: PaletteIndex;
  /** the scenario whose draft is open, or that a version belongs to */
  readonly scenario: { readonly id: number; readonly key: string; readonly name: string };
  /** null on the page of a version */
  readonly draft: Scenario | null;
  /** null on the page of a draft */
  readonly version: Version | null;
  /** whose numbers the canvas shows */
  readonly counted: Pick<LiveVersion, "id" | "number"> | null;
  readonly autosave: Autosave | null;
  readonly rights: ReadonlySet<Right>;
  readonly person: string;
  /** asks the server for the scenario again, after its state changed */
  readonly reload: () => void;
}

const Context = createContext<BuilderPlace | null>(null);

export const BuilderProvider = Context.Provider;

export function usePlace(): BuilderPlace {
  const place = useContext(Context);
  if (!place) throw new Error("usePlace needs a BuilderProvider");
  return place;
}

/** A part of the builder's state; the component draws again only when that part is another value. */
export function useBuilder<T>(select: (state: BuilderState) => T): T {
  return useStore(usePlace().store, select);
}

export function useGrammar(): Grammar {
  const { index } = usePlace();
  const analysis = useBuilder((state) => state.analysis);
  return useMemo(() => grammarOf(index, analysis), [index, analysis]);
}

/** Whether the graph itself may be edited now: the right, the page and the mode allow it. */
export function useEditable(): boolean {
  return useBuilder((state) => !state.readOnly && state.mode === "edit");
}
