/** Everything a person can do on the canvas, once: the keys, the `?` sheet and the menu of the canvas all read this list. */
import { useReactFlow } from "@xyflow/react";
import { useNavigate, useSearchParams } from "react-router";

import type { PageKey } from "../../ui/useKeys";
import { FIT } from "../canvas/CanvasControls";
import { useReveal } from "../canvas/useReveal";
import { useQuickAdd } from "../canvas/quickAdd";
import { findNode } from "../document/commands";
import { freePorts, nextWire } from "../document/walking";
import type { Position } from "../document/types";
import { useActions } from "../state/actions";
import { useEditable, usePlace } from "../state/context";
import { useInside } from "../state/inside";
import { useParts } from "../state/parts";
import { useTexts } from "../texts";
import { useTidy } from "./useTidy";

/** What the act is about: a step, a connection, the canvas itself, or any selection. */
export type Scope = "step" | "caller" | "edge" | "selection" | "canvas";

export interface Act extends PageKey {
  /** where the menu offers it; without one it is only a key */
  readonly menu?: readonly Scope[];
  readonly danger?: boolean;
}

interface Pieces {
  /** Where on the graph new things go when nothing else says. */
  readonly place: () => Position;
  readonly onFind: () => void;
}

/** The middle of what is seen of the graph, in its own units. */
export function useMiddle(): () => Position {
  const flow = useReactFlow();
  return () => {
    const frame = window.document.getElementById("builder-canvas")?.getBoundingClientRect();
    return flow.screenToFlowPosition({ x: (frame?.left ?? 0) + (frame?.width ?? 0) / 2, y: (frame?.top ?? 0) + (frame?.height ?? 0) / 3 });
  };
}

export function useActs({ place, onFind }: Pieces): Act[] {
  const { store } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const parts = useParts();
  const editable = useEditable();
  const flow = useReactFlow();
  const quickAdd = useQuickAdd();
  const tidy = useTidy();
  const reveal = useReveal();
  const go = useNavigate();
  const { trail, leave } = useInside();
  const outer = useSearchParams()[0].get("inside");

  const state = store.getState;
  const chosenNode = () => {
    const { selection, document } = state();
    return document.nodes.findLast((item) => selection.has(item.id));
  };
  const chosenEdge = () => state().document.edges.find((item) => state().selection.has(item.id));

  const add = () => {
    const [node, edge] = [chosenNode(), chosenEdge()];
    if (node) quickAdd.open({ kind: "after", node: node.id }, 0, 0);
    else if (edge) quickAdd.open({ kind: "edge", edge: edge.id }, 0, 0);
    else quickAdd.open({ kind: "point", at: place() }, 0, 0);
  };
  const connect = () => {
    const [node, edge] = [chosenNode(), chosenEdge()];
    if (!node) {
      if (edge) quickAdd.open({ kind: "redirect", edge: edge.id }, 0, 0);
      return;
    }
    const [only, ...others] = freePorts(state().document, node, actions.grammar());
    if (!only) actions.apply({ refused: actions.grammar().isTerminal(node.type) ? "terminal" : "taken" });
    else if (others.length > 0) quickAdd.open({ kind: "ports", node: node.id }, 0, 0);
    else quickAdd.open({ kind: "port", node: node.id, port: only.key, at: null }, 0, 0);
  };
  const walkWires = () => {
    const { document, selection } = state();
    const next = nextWire(document, [...selection].at(-1) ?? null, actions.grammar());
    if (next !== null) state().select([next]);
  };
  const look = () => {
    const node = chosenNode();
    if (parts.isCaller(node) && node) void parts.look(node.id);
  };
  const open = () => {
    const node = chosenNode();
    if (parts.isCaller(node) && node) void parts.open(node.id);
    else if (trail.length > 0) void parts.openShown();
  };
  const back = () => {
    if (trail.length > 0) leave();
    else void go(`/scenarios/${outer ?? ""}`);
  };
  const deselect = () => {
    if (state().selection.size > 0) state().select([]);
    else if (trail.length > 0) leave();
  };
  const bringBack = () => {
    const node = chosenNode();
    if (parts.isCaller(node) && node) void parts.unfold(node.id);
  };
  const note = () => {
    actions.addNote(place());
    const [made] = state().selection;
    if (made === undefined) return;
    state().set({ writing: made });
    reveal(made);
  };
  const everything = () => state().select([...state().document.nodes, ...state().document.notes].map((item) => item.id));
  const turn = () => {
    const { mode, numbers } = state();
    if (mode === "numbers") state().set({ mode: "edit", tab: "settings" });
    else if (numbers) state().set({ mode: "numbers", tab: "numbers" });
  };

  const editing: Act[] = [
    { keys: "a", title: say("key.add"), run: add, menu: ["step", "edge", "canvas"] },
    { keys: "c", title: say("key.connect"), run: connect, menu: ["step", "edge"] },
    { keys: "n", title: say("key.note"), run: note, menu: ["canvas"] },
    { keys: "mod+c", title: say("key.copy"), menu: ["selection"] },
    { keys: "mod+x", title: say("key.cut"), menu: ["selection"] },
    { keys: "mod+v", title: say("key.paste"), menu: ["selection", "canvas"] },
    { keys: "mod+d", title: say("key.duplicate"), quiet: true, run: () => actions.duplicate(), menu: ["selection"] },
    { keys: "p", title: say("part.collapse"), run: () => void parts.collapse(), menu: ["selection"] },
    { keys: "b", title: say("part.unfold"), run: bringBack, menu: ["caller"] },
    { keys: "t", title: say("page.tidy"), run: () => tidy(), menu: ["selection", "canvas"] },
    { keys: "l", title: say("page.tidy_keep"), run: () => tidy({ keepPlaced: true }), menu: ["canvas"] },
    { keys: "ArrowLeft", title: say("key.left"), run: () => actions.nudge(-1, 0) },
    { keys: "ArrowRight", title: say("key.right"), run: () => actions.nudge(1, 0) },
    { keys: "ArrowUp", title: say("key.up"), run: () => actions.nudge(0, -1) },
    { keys: "ArrowDown", title: say("key.down"), run: () => actions.nudge(0, 1) },
    { keys: "mod+z", title: say("key.undo"), quiet: true, run: () => state().undo() },
    { keys: "mod+y", title: say("key.redo"), quiet: true, run: () => state().redo() },
    { keys: "mod+shift+z", title: say("key.redo"), quiet: true, run: () => state().redo() },
    { keys: "Delete", title: say("key.delete"), run: () => actions.remove(), menu: ["selection", "edge"], danger: true },
    { keys: "Backspace", title: say("key.delete"), run: () => actions.remove() },
  ];
  const reading: Act[] = [
    { keys: "Alt+ArrowDown", title: say("key.walk_down") },
    { keys: "Alt+ArrowUp", title: say("key.walk_up") },
    { keys: "Alt+ArrowLeft", title: say("key.walk_left") },
    { keys: "Alt+ArrowRight", title: say("key.walk_right") },
    { keys: "Alt+Shift+ArrowDown", title: say("key.walk_more") },
    { keys: "e", title: say("key.wires"), run: walkWires },
    { keys: "Enter", title: say(editable ? "key.enter" : "key.enter_read") },
    { keys: "i", title: say("part.look"), run: look, menu: ["caller"] },
    { keys: "o", title: say("part.open"), run: open, menu: ["caller"] },
    ...(outer === null && trail.length === 0 ? [] : [{ keys: "u", title: say("part.back"), run: back, menu: ["canvas" as const] }]),
    { keys: "f", title: say("key.focus"), run: () => state().set({ focus: !state().focus }), menu: ["step", "edge"] },
    { keys: "v", title: say("key.mode"), run: turn },
    { keys: "/", title: say("key.find"), run: onFind },
    { keys: "mod+a", title: say("key.all"), quiet: true, run: everything, menu: ["canvas"] },
    ...(editable ? [] : [{ keys: "mod+c", title: say("key.copy"), menu: ["selection" as const] }]),
    { keys: "0", title: say("canvas.fit"), run: () => void flow.fitView(FIT), menu: ["canvas"] },
    { keys: "+", title: say("canvas.zoom_in"), run: () => void flow.zoomIn() },
    { keys: "-", title: say("canvas.zoom_out"), run: () => void flow.zoomOut() },
    { keys: "ContextMenu", title: say("key.menu") },
    { keys: "Escape", title: say("key.deselect"), run: deselect },
  ];
  return editable ? [...editing, ...reading] : reading;
}

/** What the selection is, for the menu. */
export function useScopes(): () => Set<Scope> {
  const { store } = usePlace();
  const parts = useParts();
  return () => {
    const { document, selection } = store.getState();
    const scopes = new Set<Scope>();
    if (selection.size === 0) scopes.add("canvas");
    const [only] = selection;
    const node = selection.size === 1 && only !== undefined ? findNode(document, only) : undefined;
    if (node) scopes.add("step");
    if (parts.isCaller(node)) scopes.add("caller");
    if (document.edges.some((edge) => selection.has(edge.id))) scopes.add("edge");
    if ([...document.nodes, ...document.notes].some((item) => selection.has(item.id))) scopes.add("selection");
    return scopes;
  };
}
