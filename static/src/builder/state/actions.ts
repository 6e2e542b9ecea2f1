/** Every act of the builder, once: menus, keys, the canvas and the palette all call these. */
import { useMemo } from "react";

import { notifyRefused } from "../../ui/notify";
import { duplicate, fragmentOf, cornerOf, MOST_NODES, paste, readFragment, writeFragment } from "../document/clipboard";
import {
  addAfter,
  addNode,
  addNote,
  addOnEdge,
  connect,
  findNode,
  freePort,
  insertOnEdge,
  move,
  reconnect,
  type Connection,
  type NewNode,
} from "../document/commands";
import { remove } from "../document/deletion";
import { freePlace, GRID, NODE_WIDTH, ROW } from "../document/geometry";
import { randomIds, type Change, type Position } from "../document/types";
import { grammarOf } from "../grammar";
import { useTexts } from "../texts";
import { usePlace } from "./context";

/** Where a new node goes. */
export type Spot =
  | { readonly kind: "point"; readonly at: Position }
  | { readonly kind: "edge"; readonly edge: string }
  | { readonly kind: "port"; readonly node: string; readonly port: string; readonly at: Position | null }
  | { readonly kind: "after"; readonly node: string };

export function useActions() {
  const { store, index } = usePlace();
  const say = useTexts();
  return useMemo(() => {
    const state = store.getState;
    const grammar = () => grammarOf(index, state().analysis);

    function tell(change: Change, merge?: string): boolean {
      const refused = state().apply(change, merge);
      if (refused) notifyRefused(say(`refusal.${refused}`, { most: MOST_NODES }));
      return refused === null;
    }

    function made(type: string): NewNode {
      const kind = index.get(type);
      return { type, label: kind?.title ?? type, params: structuredClone(kind?.defaults ?? {}) };
    }

    function addFromPort(type: string, node: string, port: string, at: Position | null): boolean {
      const source = findNode(state().document, node);
      if (!source) return false;
      const below = freePlace(state().document.nodes, { x: source.position.x, y: source.position.y + ROW });
      const added = addNode(state().document, made(type), at ?? below, randomIds, at !== null);
      if (!("document" in added)) return false;
      const target = added.select?.[0] ?? "";
      const joined = connect(added.document, { source: node, sourceHandle: port, target }, grammar(), randomIds);
      return tell("document" in joined ? { ...joined, select: [target] } : joined);
    }

    return {
      /** Adds a node of a type; gives whether it was added. */
      add(type: string, spot: Spot): boolean {
        const { document } = state();
        switch (spot.kind) {
          case "point":
            return tell(addNode(document, made(type), { x: spot.at.x - NODE_WIDTH / 2, y: spot.at.y - 20 }, randomIds, true));
          case "edge":
            return tell(addOnEdge(document, spot.edge, made(type), grammar(), randomIds));
          case "after":
            return tell(addAfter(document, spot.node, made(type), grammar(), randomIds));
          case "port":
            return addFromPort(type, spot.node, spot.port, spot.at);
        }
      },
      connect: (wanted: Connection) => tell(connect(state().document, wanted, grammar(), randomIds)),
      /** Connects the first free port of a node to another node. */
      connectTo(source: string, target: string): boolean {
        const node = findNode(state().document, source);
        const port = node && freePort(state().document, node, grammar());
        return port === undefined
          ? tell({ refused: "taken" })
          : tell(connect(state().document, { source, sourceHandle: port, target }, grammar(), randomIds));
      },
      reconnect: (edge: string, wanted: Connection) => tell(reconnect(state().document, edge, wanted, grammar())),
      move: (places: ReadonlyMap<string, Position>) => tell(move(state().document, places, true)),
      /** A loose step that was dropped on a connection: moved and put in there, one step of the history. */
      moveInto(edge: string, id: string, place: Position): boolean {
        const moved = move(state().document, new Map([[id, place]]), true);
        return tell("document" in moved ? insertOnEdge(moved.document, edge, id, grammar(), randomIds) : moved);
      },
      /** Lets the chosen connection lead to another step. */
      redirect(edgeId: string, target: string): boolean {
        const edge = state().document.edges.find((item) => item.id === edgeId);
        if (!edge) return tell({ refused: "missing" });
        return tell(reconnect(state().document, edgeId, { source: edge.source, sourceHandle: edge.sourceHandle, target }, grammar()));
      },
      /** Moves the selection by grid steps; quick steps are one entry of the history. */
      nudge(dx: number, dy: number): void {
        const { document, selection } = state();
        const places = [...document.nodes, ...document.notes]
          .filter((item) => selection.has(item.id))
          .map((item) => [item.id, { x: item.position.x + dx * GRID, y: item.position.y + dy * GRID }] as const);
        tell(move(document, new Map(places), true), "nudge");
      },
      remove: (ids: ReadonlySet<string> = state().selection) => tell(remove(state().document, ids, randomIds)),
      duplicate: () => tell(duplicate(state().document, state().selection, randomIds)),
      copied(): string | null {
        const fragment = fragmentOf(state().document, state().selection);
        return fragment.nodes.length + fragment.notes.length > 0 ? writeFragment(fragment) : null;
      },
      /** `placeOf` is told where the original stands and gives where the copy goes; nothing: beside it. */
      paste(text: string, placeOf?: (origin: Position) => Position | undefined): boolean {
        const fragment = readFragment(text);
        if (!("refused" in fragment)) return tell(paste(state().document, fragment, randomIds, placeOf?.(cornerOf(fragment))));
        notifyRefused(say(`refusal.${fragment.refused}`, { most: MOST_NODES }));
        return false;
      },
      /** Adds an empty note at a place, or beside the cards that stand there. */
      addNote: (at: Position) => tell(addNote(state().document, freePlace(state().document.nodes, at), "", randomIds)),
      apply: tell,
      grammar,
    };
  }, [store, index, say]);
}

export type Actions = ReturnType<typeof useActions>;
