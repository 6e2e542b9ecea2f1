import { applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useState } from "react";

import type { Position, ScenarioDocument } from "../document/types";
import { useActions } from "../state/actions";
import { useBuilder, usePlace } from "../state/context";
import type { Flow } from "./FlowEdge";
import type { NoteNode } from "./NoteCard";
import type { StepNode } from "./NodeCard";

export type CanvasNode = StepNode | NoteNode;

/** Canvas nodes for a document; a node whose part of the document did not change stays the same object. */
function follow(old: readonly CanvasNode[], document: ScenarioDocument, selection: ReadonlySet<string>): CanvasNode[] {
  const known = new Map(old.map((node) => [node.id, node]));
  const steps = document.nodes.map((node): CanvasNode => {
    const before = known.get(node.id);
    const selected = selection.has(node.id);
    if (before?.type === "step" && before.data.node === node) {
      return before.selected === selected ? before : { ...before, selected };
    }
    const kept = before?.type === "step" ? before : { id: node.id, type: "step" as const };
    return { ...kept, position: node.position, data: { node }, selected };
  });
  const notes = document.notes.map((note): CanvasNode => {
    const before = known.get(note.id);
    const selected = selection.has(note.id);
    if (before?.type === "note" && before.data.note === note) {
      return before.selected === selected ? before : { ...before, selected };
    }
    const kept = before?.type === "note" ? before : { id: note.id, type: "note" as const };
    return { ...kept, position: note.position, data: { note }, selected, zIndex: -1 };
  });
  return [...notes, ...steps];
}

/** React Flow's nodes and edges for the state. A drag lives here until it ends; then it is one command. */
export function useFlow() {
  const { store } = usePlace();
  const document = useBuilder((state) => state.document);
  const selection = useBuilder((state) => state.selection);
  const actions = useActions();
  const [nodes, setNodes] = useState<CanvasNode[]>(() => follow([], document, selection));
  useEffect(() => setNodes((old) => follow(old, document, selection)), [document, selection]);

  const edges = useMemo<Flow[]>(
    () =>
      document.edges.map((edge) => ({
        id: edge.id,
        type: "flow",
        source: edge.source,
        sourceHandle: edge.sourceHandle,
        target: edge.target,
        targetHandle: edge.targetHandle,
        selected: selection.has(edge.id),
        data: {},
      })),
    [document.edges, selection],
  );

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
      if (kept.length > 0) setNodes((old) => applyNodeChanges(kept, old));
      if (changes.some((change) => change.type === "select")) selectBy(changes);
    },
    [selectBy],
  );
  const onEdgesChange = useCallback((changes: EdgeChange<Flow>[]) => selectBy(changes), [selectBy]);

  const onDragged = useCallback(
    (dragged: readonly CanvasNode[]) => {
      const places = new Map<string, Position>(dragged.map((node) => [node.id, node.position]));
      actions.move(places);
    },
    [actions],
  );
  return { nodes, edges, onNodesChange, onEdgesChange, onDragged };
}
