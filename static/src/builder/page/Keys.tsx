import { useEffect } from "react";

import { useActions } from "../state/actions";
import { useBuilder, usePlace } from "../state/context";

const STEP: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input,textarea,select,[contenteditable=true],[role=dialog]") !== null;
}

/** The builder's keys: undo, redo, copy, paste, duplicate, delete, and arrows that move the selection. */
export function Keys() {
  const { store } = usePlace();
  const actions = useActions();
  const editable = useBuilder((state) => !state.readOnly && state.mode === "edit");
  useEffect(() => {
    if (!editable) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event.target)) return;
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      const step = STEP[event.key];
      if (command && key === "z" && !event.shiftKey) store.getState().undo();
      else if (command && (key === "y" || (key === "z" && event.shiftKey))) store.getState().redo();
      else if (command && key === "d") actions.duplicate();
      else if (event.key === "Delete" || event.key === "Backspace") actions.remove();
      else if (step && !command && store.getState().selection.size > 0) actions.nudge(step[0], step[1]);
      else return;
      event.preventDefault();
    };
    const onCopy = (event: ClipboardEvent) => {
      const text = isTyping(event.target) ? null : actions.copied();
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
    };
    const onPaste = (event: ClipboardEvent) => {
      if (!isTyping(event.target)) actions.paste(event.clipboardData?.getData("text/plain") ?? "");
    };
    window.addEventListener("keydown", onKey);
    window.addEventListener("copy", onCopy);
    window.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("copy", onCopy);
      window.removeEventListener("paste", onPaste);
    };
  }, [editable, store, actions]);
  return null;
}
