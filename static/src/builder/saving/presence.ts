/** Tells the server that this tab has the scenario open, and learns who else has. */
import { useEffect, useRef } from "react";

import { api } from "../../api/client";
import { useBuilder, usePlace } from "../state/context";

export interface Colleague {
  readonly tab: string;
  readonly person: string;
  readonly full_name: string;
  /** the step that is selected there */
  readonly node: string | null;
  /** has edits that are not saved yet */
  readonly editing: boolean;
}

interface Present {
  readonly others: readonly Colleague[];
  readonly revision: number;
}

const EVERY = 10_000;
/** A change of the selection is told soon, but not at every step of a walk through the graph. */
const SOON = 1_500;

/** A name for this tab that a reload keeps. */
export function tabName(): string {
  const known = window.sessionStorage.getItem("kaskad.tab");
  if (known !== null) return known;
  const made = crypto.randomUUID();
  window.sessionStorage.setItem("kaskad.tab", made);
  return made;
}

/**
 * Keeps the list of colleagues fresh while the page is seen, and follows what they saved as long as nothing is edited
 * here. A tab in the background falls silent and is forgotten by the server.
 */
export function usePresence(): void {
  const { store, scenario, autosave, draft, reload } = usePlace();
  const node = useBuilder((state) => state.document.nodes.find((item) => state.selection.has(item.id))?.id ?? null);
  const editing = useBuilder((state) => state.save.kind !== "saved");
  const told = useRef({ node, editing });
  const sayRef = useRef<(gone?: boolean) => void>(() => undefined);
  const isDraft = draft !== null;

  useEffect(() => {
    if (!isDraft) return undefined;
    let closed = false;
    const say = async (gone = false) => {
      if (!gone && document.visibilityState === "hidden") return;
      try {
        const answer = await api.post<Present>(`/presence/${scenario.id}`, { tab: tabName(), ...told.current, gone });
        if (closed || gone) return;
        store.getState().setOthers(answer.others);
        if (autosave && !autosave.isDirty && answer.revision > autosave.savedRevision) reload();
      } catch {
        // who else is here is not worth a message: the autosave says when the server is away
        if (!closed) store.getState().setOthers([]);
      }
    };
    sayRef.current = (gone) => void say(gone);
    void say();
    const timer = setInterval(() => void say(), EVERY);
    const again = () => void say(document.visibilityState === "hidden");
    document.addEventListener("visibilitychange", again);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
      void say(true);
      closed = true;
    };
  }, [isDraft, scenario.id, autosave, store, reload]);

  useEffect(() => {
    told.current = { node, editing };
    if (!isDraft) return undefined;
    const timer = setTimeout(() => sayRef.current(), SOON);
    return () => clearTimeout(timer);
  }, [isDraft, node, editing]);
}
