/** Parts of a scenario that are scenarios of their own: made out of a selection, looked into, opened, brought back. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useMemo, type ReactNode } from "react";
import { useNavigate } from "react-router";

import { api } from "../../api/client";
import type { Page } from "../../api/types";
import type { ScenarioListItem } from "../../api/types/scenarios";
import { ask } from "../../ui/confirm";
import { notifyDone, notifyError, notifyRefused } from "../../ui/notify";
import type { PartKinds } from "../document/collapse";
import { findNode, type NewNode } from "../document/commands";
import { randomIds, type ScenarioNode } from "../document/types";
import type { PaletteNode, Scenario } from "../model";
import { useActions } from "./actions";
import { usePlace } from "./context";
import { placeInside, useInside } from "./inside";
import { LATER } from "./later";
import { useTexts } from "../texts";

interface Parts {
  /** Makes the selection a scenario of its own, and one step that calls it. */
  readonly collapse: () => Promise<void>;
  /** Shows the scenario that a step calls in the place of this one, to be read. */
  readonly look: (node: string) => Promise<void>;
  /** Opens the scenario that a step calls on its own page; the way back stands before its name. */
  readonly open: (node: string) => Promise<void>;
  /** Opens what is looked at in place on its own page. */
  readonly openShown: () => Promise<void>;
  /** Puts the steps of the called scenario where the calling step stands. */
  readonly unfold: (node: string) => Promise<void>;
  /** Whether a node calls another scenario. */
  readonly isCaller: (node: ScenarioNode | undefined) => boolean;
}

const Context = createContext<Parts | null>(null);

const LONGEST_NAME = 120;

function newNode(kind: PaletteNode): NewNode {
  return { type: kind.key, label: kind.title, params: structuredClone(kind.defaults) };
}

/** The kinds of step that a part is built with, found by what they can do; null when the installation lacks one. */
function partKinds(palette: readonly PaletteNode[]): PartKinds | null {
  const caller = palette.find((kind) => kind.calls !== null);
  const entry = palette.find((kind) => kind.called);
  const exit = palette.find((kind) => kind.terminal && !((kind.params_schema.required as unknown[] | undefined) ?? []).length);
  if (!caller?.calls || !entry || !exit) return null;
  return { caller: { ...newNode(caller), param: caller.calls }, entry: newNode(entry), exit: newNode(exit) };
}

async function scenarioOf(key: string): Promise<ScenarioListItem | undefined> {
  const found = await api.get<Page<ScenarioListItem>>("/scenarios", { q: key, size: 200 });
  return found.items.find((item) => item.key === key);
}

export function PartsProvider({ children }: { children: ReactNode }) {
  const place = usePlace();
  const { root, trail, enter } = useInside();
  const { store, palette, index, scenario } = place;
  const actions = useActions();
  const say = useTexts();
  const go = useNavigate();
  const queries = useQueryClient();
  const parts = useMemo<Parts>(() => {
    const keyIn = (node: ScenarioNode | undefined): string | null => {
      const param = node && index.get(node.type)?.calls;
      if (!param) return null;
      const key = node.data.params[param];
      return typeof key === "string" ? key : "";
    };
    const called = async (id: string): Promise<ScenarioListItem | null> => {
      const key = keyIn(findNode(store.getState().document, id));
      const found = key ? await scenarioOf(key) : undefined;
      if (!found) notifyRefused(say(key ? "part.gone" : "part.none"));
      return found ?? null;
    };
    const visit = async (id: number, outer: number) => {
      if (root.autosave && !(await root.autosave.flush())) throw new Error(say("part.unsaved"));
      await go(`/scenarios/${id}?inside=${outer}`);
    };
    const guarded = (act: () => Promise<void>) => act().catch(notifyError);
    return {
      isCaller: (node) => keyIn(node) !== null,
      look: (id) =>
        guarded(async () => {
          const found = await called(id);
          if (found) enter(await placeInside(place, found.id));
        }),
      open: (id) =>
        guarded(async () => {
          const found = await called(id);
          if (found) await visit(found.id, scenario.id);
        }),
      openShown: () => guarded(() => visit(scenario.id, (trail.at(-2) ?? root).scenario.id)),
      collapse: () =>
        guarded(async () => {
          const { collapse, partDocument, partRefusal } = await LATER.collapse();
          const kinds = partKinds(palette.nodes);
          const before = store.getState();
          const refused = partRefusal(before.document, before.selection, actions.grammar());
          if (refused || !kinds) {
            actions.apply({ refused: refused ?? "missing" });
            return;
          }
          const suggested = before.document.nodes.find((node) => before.selection.has(node.id))?.data.label ?? "";
          const name = await ask({ title: say("part.collapse"), text: say("part.collapse_text"), label: say("inspector.name"), initial: suggested, required: true, action: say("part.make") });
          if (name === null) return;
          const short = name.slice(0, LONGEST_NAME);
          const chosen = before.selection;
          const inner = partDocument(store.getState().document, chosen, kinds, short, actions.grammar(), randomIds);
          if ("refused" in inner) {
            actions.apply(inner);
            return;
          }
          const made = await api.post<Scenario>("/scenarios", { name: short, document: inner.document });
          const done = actions.apply(collapse(store.getState().document, chosen, kinds, made.key, short, actions.grammar(), randomIds));
          await queries.invalidateQueries({ queryKey: ["/scenarios"] });
          if (done) notifyDone(say("part.made", { name: short }));
        }),
      unfold: (id) =>
        guarded(async () => {
          const found = await called(id);
          if (!found) return;
          const inner = await api.get<Scenario>(`/scenarios/${found.id}`);
          const { unfold } = await LATER.collapse();
          actions.apply(unfold(store.getState().document, id, inner.draft, actions.grammar(), randomIds));
        }),
    };
  }, [place, store, palette, index, scenario.id, root, trail, enter, actions, say, go, queries]);
  return <Context.Provider value={parts}>{children}</Context.Provider>;
}

export function useParts(): Parts {
  const parts = useContext(Context);
  if (!parts) throw new Error("useParts needs a PartsProvider");
  return parts;
}
