import { useReactFlow } from "@xyflow/react";
import { useEffect, useRef } from "react";

import { useActions } from "../state/actions";
import type { Position } from "../document/types";

function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input,textarea,select,[contenteditable=true],[role=dialog]") !== null;
}

/** The pointer's place on the screen while it is over the canvas. */
function usePointer() {
  const pointer = useRef<Position | null>(null);
  useEffect(() => {
    const follow = (event: PointerEvent) => {
      const isOver = event.target instanceof Element && event.target.closest("#builder-canvas") !== null;
      pointer.current = isOver ? { x: event.clientX, y: event.clientY } : null;
    };
    window.addEventListener("pointermove", follow, { passive: true });
    return () => window.removeEventListener("pointermove", follow);
  }, []);
  return pointer;
}

/**
 * Copy and paste go through the browser's own events: only they may reach the clipboard unasked. What is pasted
 * comes under the pointer; without one beside the original when that is seen, else into the middle.
 */
export function useClipboard(editable: boolean, middle: () => Position): void {
  const actions = useActions();
  const flow = useReactFlow();
  const pointer = usePointer();
  const newest = useRef(middle);
  useEffect(() => {
    newest.current = middle;
  });
  useEffect(() => {
    const take = (event: ClipboardEvent, cut: boolean) => {
      const text = isElsewhere(event.target) || window.getSelection()?.type === "Range" ? null : actions.copied();
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (cut) actions.remove();
    };
    const isSeen = (place: Position) => {
      const frame = document.getElementById("builder-canvas")?.getBoundingClientRect();
      const { x, y } = flow.flowToScreenPosition(place);
      return frame !== undefined && x > frame.left && x < frame.right && y > frame.top && y < frame.bottom;
    };
    const onCopy = (event: ClipboardEvent) => take(event, false);
    const onCut = (event: ClipboardEvent) => take(event, true);
    const onPaste = (event: ClipboardEvent) => {
      if (isElsewhere(event.target)) return;
      const over = pointer.current;
      const at = over ? flow.screenToFlowPosition(over) : null;
      actions.paste(event.clipboardData?.getData("text/plain") ?? "", (origin) => at ?? (isSeen(origin) ? undefined : newest.current()));
    };
    window.addEventListener("copy", onCopy);
    if (editable) window.addEventListener("cut", onCut);
    if (editable) window.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("copy", onCopy);
      window.removeEventListener("cut", onCut);
      window.removeEventListener("paste", onPaste);
    };
  }, [editable, actions, flow, pointer]);
}
