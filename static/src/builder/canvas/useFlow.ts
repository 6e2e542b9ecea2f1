import { applyNodeChanges, Position as Side, useStoreApi, type EdgeChange, type NodeChange } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { isLoose } from "../document/commands";
import { areDrawnAlike } from "../document/difference";
import { NODE_HEIGHT, NODE_WIDTH, nodeWidth, NOTE_WIDTH } from "../document/geometry";
import { align, around, type Box, type Guide } from "../document/guides";
import { lanesOf } from "../document/lanes";
import type { Grammar, Position, ScenarioDocument, ScenarioEdge, ScenarioNode } from "../document/types";
import { useActions } from "../state/actions";
import { useBuilder, useGrammar, usePlace } from "../state/context";
import { wiredPorts } from "../state/derived";
import { useTexts } from "../texts";
import type { Flow } from "./FlowEdge";
import { useLabels } from "./useLabels";
import type { NoteNode } from "./NoteCard";
import type { StepNode } from "./NodeCard";

export type CanvasNode = StepNode | NoteNode;
type Change = NodeChange<CanvasNode>;

/** Beyond this many nodes only what is on the screen is in the page. */
export const DRAW_ALL_UP_TO = 120;
/** From far away cards are plain, and most are on the screen: up to this many all stay in the page, so that no movement has to bring them in. */
export const KEEP_ALL_UP_TO = 1_000;

/** Where a card that was never on the screen has its handles: without them the canvas would draw every card once to find out. */
function sketched(node: ScenarioNode, document: ScenarioDocument, grammar: Grammar): Partial<StepNode> {
  const known = grammar.portsOf(node).map((port) => port.key);
  const wired = wiredPorts(document.edges).get(node.id)?.split("\n") ?? [];
  const ports = [...new Set([...known, ...wired])];
  const width = nodeWidth(ports.length);
  return {
    measured: { width, height: NODE_HEIGHT },
    handles: [
      ...(grammar.isEntry(node.type) ? [] : [{ id: "in", type: "target" as const, position: Side.Top, x: width / 2, y: 0 }]),
      ...ports.map((id, place) => ({ id, type: "source" as const, position: Side.Bottom, x: (width * (place + 0.5)) / ports.length, y: NODE_HEIGHT })),
    ],
  };
}

/** Cards that have been measured know their handles better. */
function seen(nodes: CanvasNode[], changes: readonly Change[]): CanvasNode[] {
  const measured = new Set(changes.flatMap((change) => (change.type === "dimensions" ? [change.id] : [])));
  if (measured.size === 0) return nodes;
  return nodes.map((node) => {
    if (node.handles === undefined || !measured.has(node.id)) return node;
    const known = { ...node };
    delete known.handles;
    return known;
  });
}

/** Canvas nodes for a document; a node whose part of the document did not change stays the same object. */
function follow(old: readonly CanvasNode[], document: ScenarioDocument, selection: ReadonlySet<string>, grammar: Grammar): CanvasNode[] {
  const known = new Map(old.map((node) => [node.id, node]));
  const isLarge = document.nodes.length > DRAW_ALL_UP_TO;
  const steps = document.nodes.map((node): CanvasNode => {
    const before = known.get(node.id);
    const selected = selection.has(node.id);
    if (before?.type === "step" && before.data.node === node) {
      return before.selected === selected ? before : { ...before, selected };
    }
    const isUnseen = before ? before.handles !== undefined : isLarge;
    const kept = { ...(before?.type === "step" && before), ...(isUnseen && sketched(node, document, grammar)), id: node.id, type: "step" as const };
    return { ...kept, position: node.position, data: { node }, selected };
  });
  const notes = document.notes.map((note): CanvasNode => {
    const before = known.get(note.id);
    const selected = selection.has(note.id);
    if (before?.type === "note" && before.data.note === note) {
      return before.selected === selected ? before : { ...before, selected };
    }
    const kept: Partial<NoteNode> = before?.type === "note" ? { ...before } : {};
    // else the height of a drag that was taken back would stay
    delete kept.height;
    const size = { width: note.width ?? NOTE_WIDTH, ...(note.height !== undefined && { height: note.height }) };
    return { ...kept, ...size, id: note.id, type: "note", position: note.position, data: { note }, selected, zIndex: -1 };
  });
  return [...notes, ...steps];
}

function boxOf(node: CanvasNode, position = node.position): Box {
  return { ...position, width: node.measured?.width ?? NODE_WIDTH, height: node.measured?.height ?? NODE_HEIGHT };
}

/** How near, in canvas units, an edge or a middle must come to jump into line. */
const REACH = 7;
const NO_GUIDES: readonly Guide[] = [];

/** The changes of a drag, moved so that what is dragged stands in line with what it is near to. */
function inLine(nodes: readonly CanvasNode[], changes: readonly Change[]): { changes: Change[]; guides: readonly Guide[] } {
  const moving = new Map(
    changes.flatMap((change) => (change.type === "position" && change.position && change.dragging ? [[change.id, change.position]] : [])),
  );
  if (moving.size === 0) return { changes: [...changes], guides: NO_GUIDES };
  const dragged = around(nodes.filter((node) => moving.has(node.id)).map((node) => boxOf(node, moving.get(node.id))));
  const others = nodes.filter((node) => !moving.has(node.id)).map((node) => boxOf(node));
  const { dx, dy, guides } = align(dragged, others, REACH);
  const shifted = changes.map((change) =>
    change.type === "position" && change.position ? { ...change, position: { x: change.position.x + dx, y: change.position.y + dy } } : change,
  );
  return { changes: shifted, guides };
}

/** React Flow's nodes and edges for the state. A drag lives here until it ends; then it is one command. */
export function useFlow() {
  const { store } = usePlace();
  const document = useBuilder((state) => state.document);
  const selection = useBuilder((state) => state.selection);
  const actions = useActions();
  const grammar = useGrammar();
  const [nodes, setNodes] = useState<CanvasNode[]>(() => follow([], document, selection, grammar));
  const [guides, setGuides] = useState(NO_GUIDES);
  /** what is drawn now, for the handlers of a drag */
  const drawn = useRef(nodes);
  const draw = useCallback((next: CanvasNode[]) => {
    drawn.current = next;
    setNodes(next);
  }, []);
  useEffect(() => draw(follow(drawn.current, document, selection, actions.grammar())), [document, selection, draw, actions]);

  // by the document, not by what is dragged: lanes are looked for again when the hand lets go, and not while words are typed
  const [drawing, setDrawing] = useState(document);
  if (drawing !== document && !areDrawnAlike(drawing, document)) setDrawing(document);
  const lanes = useMemo(() => lanesOf(drawing, grammar), [drawing, grammar]);
  const say = useTexts();
  const { index } = usePlace();
  /** what assistive tools say of each connection */
  const said = useMemo(() => {
    const nodes = new Map(document.nodes.map((node) => [node.id, node]));
    const name = (id: string) => nodes.get(id)?.data.label || (index.get(nodes.get(id)?.type ?? "")?.title ?? "");
    const port = (edge: ScenarioEdge) => {
      const source = nodes.get(edge.source);
      return (source && grammar.portsOf(source).find((item) => item.key === edge.sourceHandle)?.title) ?? edge.sourceHandle;
    };
    return new Map(document.edges.map((edge) => [edge.id, say("told.wire", { from: name(edge.source), port: port(edge), to: name(edge.target) })]));
  }, [document.edges, document.nodes, grammar, index, say]);
  const shares = useLabels(drawing, nodes, lanes);
  /** the connections as they were drawn last: what did not change stays the same object, and is not drawn again */
  const former = useRef<ReadonlyMap<string, Flow>>(new Map());
  const edges = useMemo<Flow[]>(
    () =>
      document.edges.map((edge) => {
        const wanted = {
          source: edge.source,
          sourceHandle: edge.sourceHandle,
          target: edge.target,
          selected: selection.has(edge.id),
          ariaLabel: said.get(edge.id) ?? "",
        };
        const [lane, share] = [lanes.get(edge.id), shares.get(edge.id)];
        const before = former.current.get(edge.id);
        const isSame = before && before.data?.lane === lane && before.data?.share === share && (Object.keys(wanted) as (keyof typeof wanted)[]).every((name) => before[name] === wanted[name]);
        return isSame ? before : { ...wanted, id: edge.id, type: "flow", targetHandle: edge.targetHandle, data: { lane, share } };
      }),
    [document.edges, selection, lanes, shares, said],
  );
  useEffect(() => {
    former.current = new Map(edges.map((edge) => [edge.id, edge]));
  }, [edges]);

  const selectBy = useCallback(
    (changes: readonly { type: string; id?: string; selected?: boolean }[]) => {
      const chosen = new Set(store.getState().selection);
      for (const change of changes) {
        if (change.type !== "select" || change.id === undefined) continue;
        if (change.selected) chosen.add(change.id);
        else chosen.delete(change.id);
      }
      store.getState().select(chosen);
    },
    [store],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      const kept = changes.filter((change) => change.type === "position" || change.type === "dimensions");
      if (kept.length > 0) {
        const lined = inLine(drawn.current, kept);
        setGuides(lined.guides);
        draw(seen(applyNodeChanges(lined.changes, drawn.current), lined.changes));
      }
      if (changes.some((change) => change.type === "select")) selectBy(changes);
    },
    [selectBy, draw],
  );
  const flowStore = useStoreApi();
  const onEdgesChange = useCallback(
    (changes: EdgeChange<Flow>[]) => {
      // a frame chooses steps: connections that were chosen with them could not be joined when the steps are deleted
      const isFrame = flowStore.getState().userSelectionActive;
      selectBy(isFrame ? changes.filter((change) => change.type !== "select" || !change.selected) : changes);
    },
    [selectBy, flowStore],
  );

  const onDragged = useCallback(
    (dragged: readonly CanvasNode[]) => {
      setGuides(NO_GUIDES);
      const ids = new Set(dragged.map((node) => node.id));
      const places = new Map<string, Position>(drawn.current.filter((node) => ids.has(node.id)).map((node) => [node.id, node.position]));
      const { aim } = store.getState();
      const [only] = places;
      store.getState().set({ aim: null });
      if (aim !== null && only && places.size === 1 && isLoose(store.getState().document, only[0], actions.grammar())) {
        actions.moveInto(aim, only[0], only[1]);
      } else actions.move(places);
    },
    [actions, store],
  );
  return { nodes, edges, guides, onNodesChange, onEdgesChange, onDragged };
}
