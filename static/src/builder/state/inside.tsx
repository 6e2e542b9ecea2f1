/** Called scenarios that are looked at where they are called: read-only, one inside the other, in the same canvas. */
import { createContext, useContext, useMemo, useState, type ReactNode } from "react";

import { api } from "../../api/client";
import type { Scenario, Version } from "../model";
import { createBuilderStore } from "../store";
import { BuilderProvider, type BuilderPlace } from "./context";

interface Inside {
  /** the scenario whose page this is */
  readonly root: BuilderPlace;
  /** what was looked into, the innermost last; empty: the page's own scenario is shown */
  readonly trail: readonly BuilderPlace[];
  readonly enter: (inner: BuilderPlace) => void;
  /** Goes back so that `depth` called scenarios remain; without one, a level up. */
  readonly leave: (depth?: number) => void;
}

const Context = createContext<Inside | null>(null);

/** What is shown of a called scenario: the version that loans go through now, else its draft. */
export async function placeInside(from: BuilderPlace, id: number): Promise<BuilderPlace> {
  const scenario = await api.get<Scenario>(`/scenarios/${id}`);
  const version = scenario.live_version ? await api.get<Version>(`/versions/${scenario.live_version.id}`) : null;
  const store = createBuilderStore(version?.document ?? scenario.draft, true, () => Date.now());
  store.getState().setAnalysis((version ?? scenario).analysis);
  const { mode, tab, heat } = from.store.getState();
  store.getState().set(version ? { mode, tab, heat } : { mode: "edit", tab: "settings" });
  return { ...from, store, autosave: null, scenario, draft: version ? null : scenario, version, counted: version, reload: () => undefined };
}

/** Everything below sees the innermost scenario as the place; `useInside` knows the way back. */
export function InsideProvider({ place, children }: { place: BuilderPlace; children: ReactNode }) {
  const [trail, setTrail] = useState<readonly BuilderPlace[]>([]);
  const inside = useMemo<Inside>(
    () => ({
      root: place,
      trail,
      enter: (inner) => setTrail((known) => [...known, inner]),
      leave: (depth) => setTrail((known) => known.slice(0, depth ?? -1)),
    }),
    [place, trail],
  );
  return (
    <Context.Provider value={inside}>
      <BuilderProvider value={trail.at(-1) ?? place}>{children}</BuilderProvider>
    </Context.Provider>
  );
}

export function useInside(): Inside {
  const inside = useContext(Context);
  if (!inside) throw new Error("useInside needs an InsideProvider");
  return inside;
}
