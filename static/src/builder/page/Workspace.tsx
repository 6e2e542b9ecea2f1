import { useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { useStore } from "zustand";

import { usePolled } from "../../api/client";
import { useMe } from "../../app/me";
import { useSessionExpired } from "../../app/session";
import { Page } from "../../ui/Page";
import { Canvas } from "../canvas/Canvas";
import { QuickAddProvider } from "../canvas/quickAdd";
import { QuickAddList } from "../canvas/QuickAddList";
import { indexPalette } from "../grammar";
import type { Palette, Scenario, Version, VersionNumbers } from "../model";
import { useLens, type Lens } from "../numbers/lens";
import { HeatLegend } from "../numbers/NumbersBar";
import { Autosave } from "../saving/autosave";
import { LocalCopies } from "../saving/localCopy";
import { tabName, usePresence } from "../saving/presence";
import { BuilderProvider, useBuilder, usePlace, type BuilderPlace } from "../state/context";
import { InsideProvider, useInside } from "../state/inside";
import { usePrefetch } from "../state/later";
import { PartsProvider } from "../state/parts";
import { keepStore, keptName, keptStore } from "../state/kept";
import { createBuilderStore } from "../store";
import { useTexts } from "../texts";
import { Actions } from "./Actions";
import { Announcer } from "./Announcer";
import { CanvasMenu } from "./CanvasMenu";
import { Conflict } from "./Conflict";
import { Here } from "./Here";
import { InsideBar } from "./InsideBar";
import { Inspector } from "./Inspector";
import { Keys } from "./Keys";
import { PaletteList } from "./PaletteList";
import { PrintSheet } from "./PrintSheet";
import { Problems } from "./Problems";
import { State } from "./State";
import { draftServer } from "./server";
import { Toolbar } from "./Toolbar";
import { useTidy } from "./useTidy";
import classes from "./Builder.module.css";

interface Props {
  palette: Palette;
  draft: Scenario | null;
  version: Version | null;
  reload: () => void;
}

function usePlaceOf({ palette, draft, version, reload }: Props): BuilderPlace {
  const me = useMe();
  const [made] = useState(() => {
    const readOnly = version !== null || !me.rights.includes("scenario.edit") || window.innerWidth < 768;
    const document = version?.document ?? (draft as Scenario).draft;
    const known = draft && !readOnly ? keptStore(draft.id, draft.draft) : null;
    const store = known ?? createBuilderStore(document, readOnly, () => Date.now());
    store.getState().setAnalysis((version ?? (draft as Scenario)).analysis);
    let autosave: Autosave | null = null;
    if (draft && !readOnly) {
      const copies = new LocalCopies(window.localStorage, me.user.name, draft.id, tabName(), () => Date.now());
      autosave = new Autosave({
        server: draftServer(draft.id, (analysis) => store.getState().setAnalysis(analysis)),
        copies,
        base: draft.draft,
        revision: draft.revision,
        onState: (save) => store.getState().set({ save }),
      });
      const left = copies.adopt();
      if (left) {
        if (left.revision === draft.revision) store.getState().load(left.document);
        else autosave.contest(left.document, left.base, { document: draft.draft, revision: draft.revision, by: draft.draft_by, at: draft.draft_at });
      }
    }
    return { store, autosave };
  });
  const scenarioId = draft?.id;
  useEffect(() => {
    const { store, autosave } = made;
    if (!autosave) return undefined;
    autosave.touch(store.getState().document);
    const stop = store.subscribe((state) => autosave.touch(state.document));
    const again = () => autosave.retryNow();
    window.addEventListener("online", again);
    window.addEventListener("focus", again);
    return () => {
      stop();
      window.removeEventListener("online", again);
      window.removeEventListener("focus", again);
      void autosave.flush();
      if (scenarioId !== undefined) keepStore(scenarioId, store);
    };
  }, [made, scenarioId]);
  const isExpired = useSessionExpired();
  useEffect(() => {
    if (!isExpired) made.autosave?.retryNow();
  }, [made, isExpired]);
  useEffect(() => {
    const { store, autosave } = made;
    if (!draft || !autosave) return;
    if (autosave.follow({ document: draft.draft, revision: draft.revision, by: draft.draft_by, at: draft.draft_at })) {
      store.getState().load(draft.draft);
      store.getState().setAnalysis(draft.analysis);
    }
  }, [made, draft]);
  const index = useMemo(() => indexPalette(palette), [palette]);
  const rights = useMemo(() => new Set(me.rights), [me.rights]);
  const counted = version ?? draft?.live_version ?? null;
  const scenario = version?.scenario ?? (draft as Scenario);
  return useMemo(
    () => ({ ...made, palette, index, scenario, draft, version, counted, rights, person: me.user.name, reload }),
    [made, palette, index, scenario, draft, version, counted, rights, me.user.name, reload],
  );
}

const ALL_EVERY = 1_500;
const SLICE_EVERY = 5_000;

/** Keeps the numbers of the live version fresh while they are looked at. */
function useLiveNumbers({ query, slice, heat }: Lens): void {
  const { store, counted } = usePlace();
  // a slice moves only when the engine has grouped again, and costs more to read
  const every = Object.keys(slice).length > 0 ? SLICE_EVERY : ALL_EVERY;
  const answer = usePolled<VersionNumbers>(`/versions/${counted?.id ?? 0}/numbers`, { query, enabled: counted !== null, every });
  // while the answer is on its way the former query's is at hand: it may be about another scenario
  const numbers = answer.data?.version_id === counted?.id ? (answer.data ?? null) : null;
  useEffect(() => store.getState().setNumbers(numbers), [numbers, store]);
  useEffect(() => store.getState().set({ heat }), [heat, store]);
}

/** Leaving with edits that the server has not would be asked about by the browser. */
function useLeaveGuard({ autosave }: BuilderPlace): void {
  useEffect(() => {
    if (!autosave) return undefined;
    const onLeave = (event: BeforeUnloadEvent) => {
      if (autosave.isDirty) event.preventDefault();
    };
    window.addEventListener("beforeunload", onLeave);
    return () => window.removeEventListener("beforeunload", onLeave);
  }, [autosave]);
}

/** Where the page belongs: in the list; or in the scenario that was left through one of its steps. */
function useCrumb(): { title: string; to: string } {
  const say = useTexts();
  const outer = useSearchParams()[0].get("inside") ?? "";
  if (!/^\d+$/.test(outer)) return { title: say("page.scenarios"), to: "/scenarios" };
  return { title: keptName(Number(outer)) ?? say("part.outer"), to: `/scenarios/${outer}` };
}

function Presence() {
  usePresence();
  return null;
}

function Desk({ place }: { place: BuilderPlace }) {
  const { trail } = useInside();
  const shown = usePlace();
  const lens = useLens();
  const findField = useRef<HTMLInputElement>(null);
  const onTidy = useTidy();
  const find = () => findField.current?.focus();
  const name = useStore(place.store, (state) => state.document.name);
  const readOnly = useBuilder((state) => state.readOnly);
  const editing = useBuilder((state) => state.mode === "edit" && !state.readOnly);
  useLiveNumbers(lens);
  useLeaveGuard(place);
  usePrefetch();
  return (
    <Page
      title={name}
      crumb={useCrumb()}
      state={
        <BuilderProvider value={place}>
          <State />
        </BuilderProvider>
      }
      actions={
        <BuilderProvider value={place}>
          <Here />
          <Actions />
        </BuilderProvider>
      }
      filter={<Toolbar lens={lens} findField={findField} onTidy={onTidy} />}
      flush
    >
      <div className={classes.work}>
        {editing && <PaletteList />}
        <div className={`${classes.centre} ${trail.length > 0 ? classes.inside : ""}`}>
          <InsideBar />
          <CanvasMenu onFind={find}>
            <Canvas key={`${trail.length} ${shown.scenario.id}`} />
            {!editing && <HeatLegend heat={lens.heat} />}
          </CanvasMenu>
          <Problems />
        </div>
        <Inspector />
      </div>
      {!readOnly && <QuickAddList />}
      <BuilderProvider value={place}>
        <Conflict />
        <Presence />
      </BuilderProvider>
      <Announcer />
      <PrintSheet />
      <Keys onFind={find} />
    </Page>
  );
}

/** One open scenario: everything a person does to it happens in here. */
export function Workspace(props: Props) {
  const place = usePlaceOf(props);
  return (
    <InsideProvider place={place}>
      <QuickAddProvider>
        <PartsProvider>
          <Desk place={place} />
        </PartsProvider>
      </QuickAddProvider>
    </InsideProvider>
  );
}
