import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";

import { useKeys, type PageKey } from "../../ui/useKeys";
import { FIT } from "../canvas/CanvasControls";
import { useQuickAdd } from "../canvas/quickAdd";
import { freePorts } from "../document/walking";
import { useActions } from "../state/actions";
import { useEditable, usePlace } from "../state/context";
import { useTexts } from "../texts";
import { useWalk } from "./useWalk";

function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input,textarea,select,[contenteditable=true],[role=dialog]") !== null;
}

/** Copy and paste go through the browser's own events: only they may reach the clipboard unasked. */
function useClipboard(editable: boolean): void {
  const actions = useActions();
  useEffect(() => {
    if (!editable) return undefined;
    const take = (event: ClipboardEvent, cut: boolean) => {
      const text = isElsewhere(event.target) || window.getSelection()?.type === "Range" ? null : actions.copied();
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (cut) actions.remove();
    };
    const onCopy = (event: ClipboardEvent) => take(event, false);
    const onCut = (event: ClipboardEvent) => take(event, true);
    const onPaste = (event: ClipboardEvent) => {
      if (!isElsewhere(event.target)) actions.paste(event.clipboardData?.getData("text/plain") ?? "");
    };
    window.addEventListener("copy", onCopy);
    window.addEventListener("cut", onCut);
    window.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("copy", onCopy);
      window.removeEventListener("cut", onCut);
      window.removeEventListener("paste", onPaste);
    };
  }, [editable, actions]);
}

/** The builder's keys; those that change something are there only while the graph may be edited. */
export function Keys({ onFind, onTidy }: { onFind: () => void; onTidy: () => void }) {
  const { store } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const editable = useEditable();
  const flow = useReactFlow();
  const quickAdd = useQuickAdd();
  useClipboard(editable);
  useWalk();

  const addAfter = () => {
    const { selection, document } = store.getState();
    const node = document.nodes.find((item) => selection.has(item.id));
    const place = window.document.getElementById("builder-canvas")?.getBoundingClientRect();
    const middle = { x: (place?.left ?? 0) + (place?.width ?? 0) / 2, y: (place?.top ?? 0) + (place?.height ?? 0) / 3 };
    quickAdd.open(node ? { kind: "after", node: node.id } : { kind: "point", at: flow.screenToFlowPosition(middle) }, 0, 0);
  };
  const connect = () => {
    const { selection, document } = store.getState();
    const node = document.nodes.find((item) => selection.has(item.id));
    if (!node) return;
    const [only, ...others] = freePorts(document, node, actions.grammar());
    if (!only) actions.apply({ refused: actions.grammar().isTerminal(node.type) ? "terminal" : "taken" });
    else if (others.length > 0) quickAdd.open({ kind: "ports", node: node.id }, 0, 0);
    else quickAdd.open({ kind: "port", node: node.id, port: only.key, at: null }, 0, 0);
  };
  const reading: PageKey[] = [
    { keys: "Alt+ArrowDown", title: say("key.walk_down") },
    { keys: "Alt+ArrowUp", title: say("key.walk_up") },
    { keys: "Alt+ArrowLeft", title: say("key.walk_left") },
    { keys: "Alt+ArrowRight", title: say("key.walk_right") },
    { keys: "Enter", title: say("key.enter") },
    { keys: "/", title: say("key.find"), run: onFind },
    { keys: "0", title: say("canvas.fit"), run: () => void flow.fitView(FIT) },
    { keys: "+", title: say("canvas.zoom_in"), run: () => void flow.zoomIn() },
    { keys: "-", title: say("canvas.zoom_out"), run: () => void flow.zoomOut() },
    { keys: "Escape", title: say("key.deselect"), run: () => store.getState().select([]) },
  ];
  const editing: PageKey[] = [
    { keys: "mod+z", title: say("key.undo"), quiet: true, run: () => store.getState().undo() },
    { keys: "mod+y", title: say("key.redo"), quiet: true, run: () => store.getState().redo() },
    { keys: "mod+shift+z", title: say("key.redo"), quiet: true, run: () => store.getState().redo() },
    { keys: "mod+a", title: say("key.all"), quiet: true, run: () => store.getState().select(store.getState().document.nodes.map((node) => node.id)) },
    { keys: "mod+c", title: say("key.copy") },
    { keys: "mod+x", title: say("key.cut") },
    { keys: "mod+v", title: say("key.paste") },
    { keys: "mod+d", title: say("key.duplicate"), quiet: true, run: () => actions.duplicate() },
    { keys: "a", title: say("key.add"), run: addAfter },
    { keys: "c", title: say("key.connect"), run: connect },
    { keys: "t", title: say("page.tidy"), run: onTidy },
    { keys: "Delete", title: say("key.delete"), run: () => actions.remove() },
    { keys: "Backspace", title: say("key.delete"), run: () => actions.remove() },
    { keys: "ArrowLeft", title: say("key.left"), run: () => actions.nudge(-1, 0) },
    { keys: "ArrowRight", title: say("key.right"), run: () => actions.nudge(1, 0) },
    { keys: "ArrowUp", title: say("key.up"), run: () => actions.nudge(0, -1) },
    { keys: "ArrowDown", title: say("key.down"), run: () => actions.nudge(0, 1) },
  ];
  useKeys(editable ? [...editing, ...reading] : reading);
  return null;
}
