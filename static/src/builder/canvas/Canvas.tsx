import "@xyflow/react/dist/base.css";

import { useComputedColorScheme, useMantineTheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  Panel,
  ReactFlow,
  SelectionMode,
  getViewportForBounds,
  useNodesInitialized,
  useReactFlow,
  type Connection,
  type FinalConnectionState,
} from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { refusalOf } from "../document/commands";
import { isLoose } from "../document/commands";
import { GRID } from "../document/geometry";
import { useActions } from "../state/actions";
import { useBuilder, useEditable, usePlace } from "../state/context";
import { useTexts } from "../texts";
import { CanvasControls, FIT } from "./CanvasControls";
import { FAR, FlowEdge, type Flow } from "./FlowEdge";
import { Dots } from "./Dots";
import { edgeUnder, useDropping } from "./dropping";
import { Guides } from "./Guides";
import { NodeCard } from "./NodeCard";
import { NoteCard } from "./NoteCard";
import { Overview } from "./Overview";
import { useQuickAdd } from "./quickAdd";
import { DRAW_ALL_UP_TO, KEEP_ALL_UP_TO, useFlow, type CanvasNode } from "./useFlow";
import classes from "./Canvas.module.css";

const NODE_TYPES = { step: NodeCard, note: NoteCard };
const EDGE_TYPES = { flow: FlowEdge };
/** Smaller than this, cards are no more read than looked at. */
const READABLE = 0.66;
const LEAST_ZOOM = 0.1;
/** How near to its end a connection is taken hold of to lead it elsewhere: more than a port's own reach. */
const REACH_OF_ENDS = 17;
/** pixels */
const STEP = 8;

function pointOf(event: MouseEvent | TouchEvent): { x: number; y: number } {
  const source = "changedTouches" in event ? (event.changedTouches[0] ?? event.touches[0]) : event;
  return { x: source?.clientX ?? 0, y: source?.clientY ?? 0 };
}

function nodeUnder(point: { x: number; y: number }): string | null {
  const found = document.elementsFromPoint(point.x, point.y).find((item) => item.closest(".react-flow__node"));
  return found?.closest<HTMLElement>(".react-flow__node")?.dataset.id ?? null;
}

/** The middle of the highest card: where reading begins. */
function firstX(nodes: readonly CanvasNode[]): number {
  const first = nodes.filter((node) => node.type === "step").reduce<CanvasNode | null>((top, node) => (top && top.position.y <= node.position.y ? top : node), null);
  return (first?.position.x ?? 0) + (first?.measured?.width ?? 0) / 2;
}

/** The connection that runs behind the middle of a card. */
function edgeBehind(id: string): string | null {
  const card = window.document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect();
  if (!card) return null;
  // from the middle outwards, in steps narrower than the reach of a connection
  for (let step = 0; step * STEP < card.width * 0.7; step += 1) {
    const aside = (step % 2 === 1 ? 1 : -1) * Math.ceil(step / 2) * STEP;
    const found = edgeUnder(card.left + card.width / 2 + aside, card.top + card.height / 2);
    if (found !== null) return found;
  }
  return null;
}

function Empty() {
  const say = useTexts();
  return (
    <div className={classes.empty}>
      <div>
        <div className={classes.emptyTitle}>{say("canvas.empty_title")}</div>
        {say("canvas.empty")}
      </div>
    </div>
  );
}

/** The graph. `onPick` is called when a person chooses a node by mouse or touch. */
export function Canvas({ onPick }: { onPick?: () => void }) {
  const { store } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const editable = useEditable();
  const theme = useMantineTheme();
  const scheme = useComputedColorScheme("light");
  const small = useMediaQuery(`(max-width: ${theme.breakpoints.sm})`);
  const isEmpty = useBuilder((state) => state.document.nodes.length === 0 && state.document.notes.length === 0);
  const name = useBuilder((state) => state.document.name);
  const { nodes, edges, guides, onNodesChange, onEdgesChange, onDragged } = useFlow();
  const flow = useReactFlow<CanvasNode, Flow>();
  const quickAdd = useQuickAdd();
  const dropping = useDropping();
  const isMeasured = useNodesInitialized();
  const isFar = useBuilder((state) => state.isFar);
  const frame = useRef<HTMLDivElement>(null);
  /** where the canvas stood before another scenario was looked into */
  const [known] = useState(store.getState().viewport);
  const hasFitted = useRef(isEmpty || known !== null);
  /** the edge whose end is being moved: its own port counts as free */
  const reconnecting = useRef<string | undefined>(undefined);

  // Once, when the cards have their sizes; a scenario drawn from nothing is never moved under the hand.
  useEffect(() => {
    if (!isMeasured || hasFitted.current) return;
    hasFitted.current = true;
    const drawn = flow.getNodes();
    const bounds = flow.getNodesBounds(drawn);
    const { width = 0, height = 0 } = frame.current?.getBoundingClientRect() ?? {};
    const whole = getViewportForBounds(bounds, width, height, LEAST_ZOOM, FIT.maxZoom, FIT.padding);
    if (whole.zoom >= READABLE) {
      void flow.setViewport(whole);
      return;
    }
    // too large to be read whole: from its beginning on, the rest is on the overview
    const left = bounds.width * READABLE > width ? firstX(drawn) : bounds.x + bounds.width / 2;
    void flow.setViewport({ x: width / 2 - left * READABLE, y: 28 - bounds.y * READABLE, zoom: READABLE });
  }, [isMeasured, flow]);

  useEffect(() => () => store.getState().set({ viewport: flow.getViewport() }), [store, flow]);

  const isValid = useCallback(
    (wanted: Connection | Flow) => {
      const { source, sourceHandle, target } = wanted;
      if (!sourceHandle) return false;
      const { document } = store.getState();
      return refusalOf(document, { source, sourceHandle, target }, actions.grammar(), reconnecting.current) === null;
    },
    [store, actions],
  );

  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, end: FinalConnectionState) => {
      const port = end.fromHandle?.id;
      const from = end.fromNode?.id;
      if (end.isValid || !port || !from || end.fromHandle?.type !== "source") return;
      const point = pointOf(event);
      const target = end.toNode?.id ?? nodeUnder(point);
      if (target) {
        if (target !== from) actions.connect({ source: from, sourceHandle: port, target });
        return;
      }
      const at = flow.screenToFlowPosition(point);
      quickAdd.open({ kind: "port", node: from, port, at: { x: at.x - 120, y: at.y } }, point.x, point.y);
    },
    [actions, flow, quickAdd],
  );

  /** While it moves the graph is a picture of its own, that need not be painted again at every frame; small print comes back when it rests. */
  const onMove = useCallback(
    (zoom: number, isMoving: boolean) => {
      frame.current?.toggleAttribute("data-moving", isMoving);
      const isFar = zoom < FAR || (isMoving && store.getState().isFar);
      if (isFar !== store.getState().isFar) store.getState().set({ isFar });
    },
    [store],
  );

  const aimAt = useCallback((edge: string | null) => store.getState().set({ aim: edge }), [store]);
  /** A loose step that is dragged over a connection would be put in there. */
  const onNodeDrag = useCallback(
    (event: MouseEvent | TouchEvent, node: CanvasNode, dragged: readonly CanvasNode[]) => {
      const isOne = dragged.length === 1 && isLoose(store.getState().document, node.id, actions.grammar());
      const point = pointOf(event);
      aimAt(isOne ? (edgeUnder(point.x, point.y) ?? edgeBehind(node.id)) : null);
    },
    [store, actions, aimAt],
  );

  const labels = useMemo(
    () => ({
      "node.a11yDescription.default": say("canvas.node_help"),
      "node.a11yDescription.keyboardDisabled": say("canvas.node_help"),
      "edge.a11yDescription.default": say("canvas.edge_help"),
    }),
    [say],
  );

  return (
    <div ref={frame} data-far={isFar || undefined} className={`${classes.canvas} ${dropping.isOver ? classes.dropping : ""}`} id="builder-canvas" data-testid="canvas" tabIndex={0} role="group" aria-label={`${say("canvas.label")}: ${name}`} aria-describedby="builder-canvas-help" {...dropping.handlers}>
      <ReactFlow<CanvasNode, Flow>
        nodes={nodes}
        edges={edges}
        {...(known && { defaultViewport: known })}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDrag={onNodeDrag}
        onEdgeMouseEnter={(_event, edge) => aimAt(edge.id)}
        onEdgeMouseLeave={() => aimAt(null)}
        onNodeDragStop={(event, node, dragged) => {
          // once more: while it moved, the card was seen where it stood a moment before
          onNodeDrag(event, node, dragged);
          onDragged(dragged);
        }}
        onSelectionDragStop={(_event, dragged) => onDragged(dragged)}
        onMove={(_event, { zoom }) => onMove(zoom, true)}
        onMoveEnd={(_event, { zoom }) => onMove(zoom, false)}
        onNodeClick={onPick}
        onConnect={({ source, sourceHandle, target }) => {
          if (sourceHandle) actions.connect({ source, sourceHandle, target });
        }}
        onConnectEnd={onConnectEnd}
        onReconnectStart={(_event, edge) => (reconnecting.current = edge.id)}
        onReconnectEnd={() => (reconnecting.current = undefined)}
        onReconnect={(old, { source, sourceHandle, target }) => {
          if (sourceHandle) actions.reconnect(old.id, { source, sourceHandle, target });
        }}
        isValidConnection={isValid}
        nodesDraggable={editable}
        nodesConnectable={editable}
        edgesReconnectable={editable}
        reconnectRadius={REACH_OF_ENDS}
        elementsSelectable
        nodesFocusable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        disableKeyboardA11y
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Control", "Meta"]}
        selectionMode={SelectionMode.Partial}
        connectionRadius={28}
        snapToGrid
        snapGrid={[GRID, GRID]}
        minZoom={LEAST_ZOOM}
        maxZoom={2}
        onlyRenderVisibleElements={nodes.length > (isFar ? KEEP_ALL_UP_TO : DRAW_ALL_UP_TO)}
        zoomOnDoubleClick={false}
        colorMode={scheme}
        ariaLabelConfig={labels}
        proOptions={{ hideAttribution: true }}
      >
        <Dots />
        <Panel position="bottom-left" style={{ margin: 0 }}>
          <CanvasControls />
        </Panel>
        {!small && <Overview />}
        <Guides guides={guides} />
      </ReactFlow>
      <span id="builder-canvas-help" className="ks-only-read">
        {say(editable ? "canvas.help" : "canvas.help_read")}
      </span>
      {isEmpty && <Empty />}
    </div>
  );
}
