import { useEffect } from "react";

import { useReveal } from "../canvas/useReveal";
import { walk, type Direction } from "../document/walking";
import { useActions } from "../state/actions";
import { usePlace } from "../state/context";

const DIRECTIONS: Readonly<Record<string, Direction>> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

const WIDGETS = "a,button,input,textarea,select,summary,[role=button],[role=option],[role=tab],[role=menuitem],[contenteditable]";

function isCanvas(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest(WIDGETS) === null;
}

/** Puts the cursor into the first field of what is selected. */
function enterFields(): void {
  const asides = [...document.querySelectorAll<HTMLElement>("aside")];
  asides.at(-1)?.querySelector<HTMLElement>('input:not([type="radio"]), textarea')?.focus();
}

/** Alt with arrows walks the graph, Enter goes to the selected step's fields, Escape comes back from them. */
export function useWalk(): void {
  const { store } = usePlace();
  const actions = useActions();
  const reveal = useReveal();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target } = event;
      if (event.defaultPrevented || (target instanceof HTMLElement && target.closest("[role=dialog]"))) return;
      const direction = event.altKey ? DIRECTIONS[event.key] : undefined;
      if (direction && !(target instanceof HTMLElement && target.closest("input:not([type=radio]),textarea,select"))) {
        event.preventDefault();
        const { document, selection } = store.getState();
        const to = walk(document, [...selection].at(-1) ?? null, direction, actions.grammar());
        if (to === null) return;
        // with Shift what was walked over stays selected; `to` becomes the last, from which the walk goes on
        store.getState().select(event.shiftKey ? [...[...selection].filter((id) => id !== to), to] : [to]);
        reveal(to);
      } else if (event.key === "Enter" && isCanvas(target)) {
        event.preventDefault();
        const note = store.getState().document.notes.find((item) => store.getState().selection.has(item.id));
        if (note) {
          store.getState().set({ writing: note.id });
          return;
        }
        store.getState().set({ tab: store.getState().mode === "numbers" ? "numbers" : "settings" });
        requestAnimationFrame(enterFields);
      } else if (event.key === "Escape" && target instanceof HTMLElement && target.closest("aside") && target.getAttribute("aria-expanded") !== "true") {
        event.preventDefault();
        document.getElementById("builder-canvas")?.focus();
      }
    };
    // before the page's own keys, which take Escape as "select nothing"
    document.addEventListener("keydown", onKey, true);
    return () => document.removeEventListener("keydown", onKey, true);
  }, [store, actions, reveal]);
}
