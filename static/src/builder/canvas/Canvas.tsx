import "@xyflow/react/dist/base.css";

import { useComputedColorScheme, useMantineTheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  Background,
  BackgroundVariant,
  MiniMap,
  Panel,
  ReactFlow,
  SelectionMode,
  useNodesInitialized,
  useReactFlow,
  type Connection,
  type FinalConnectionState,
} from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef } from "react";

import { refusalOf } from "../document/commands";
import { GRID } from "../document/geometry";
import { useActions } from "../state/actions";
import { useBuilder, useEditable, usePlace } from "../state/context";
import { useTexts } from "../texts";
import { CanvasControls, FIT } from "./CanvasControls";
import { FlowEdge, type Flow } from "./FlowEdge";
import { useDropping } from "./dropping";
import { NodeCard } from "./NodeCard";
import { NoteCard } from "./NoteCard";
import { useQuickAdd } from "./quickAdd";
import { useFlow, type CanvasNode } from "./useFlow";
import classes from "./Canvas.module.css";

const NODE_TYPES = { step: NodeCard, note: NoteCard };
const EDGE_TYPES = { flow: FlowEdge };
/** Beyond this many nodes only what is on the screen is in the page. */
const DRAW_ALL_UP_TO = 120;

function pointOf(event: MouseEvent | TouchEvent): { x: number; y: number } {
  const source = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: source?.clientX ?? 0, y: source?.clientY ?? 0 };
}

function nodeUnder(point: { x: number; y: number }): string | null {
  const found = document.elementsFromPoint(point.x, point.y).find((item) => item.closest(".react-flow__node"));
  return found?.closest<HTMLElement>(".react-flow__node")?.dataset.id ?? null;
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
  const { nodes, edges, onNodesChange, onEdgesChange, onDragged } = useFlow();
  const flow = useReactFlow();
  const quickAdd = useQuickAdd();
  const dropping = useDropping();
  const isMeasured = useNodesInitialized();
  const hasFitted = useRef(isEmpty);
  /** the edge whose end is being moved: its own port counts as free */
  const reconnecting = useRef<string | undefined>(undefined);

  // Once, when the cards have their sizes; a scenario drawn from nothing is never moved under the hand.
  useEffect(() => {
    if (!isMeasured || hasFitted.current) return;
    hasFitted.current = true;
    void flow.fitView({ ...FIT, duration: 0 });
  }, [isMeasured, flow]);

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

  const labels = useMemo(
    () => ({
      "node.a11yDescription.default": say("canvas.node_help"),
      "node.a11yDescription.keyboardDisabled": say("canvas.node_help"),
      "edge.a11yDescription.default": say("canvas.edge_help"),
      "minimap.ariaLabel": say("canvas.minimap"),
    }),
    [say],
  );

  return (
    <div className={`${classes.canvas} ${dropping.isOver ? classes.dropping : ""}`} id="builder-canvas" data-testid="canvas" tabIndex={-1} {...dropping.handlers}>
      <ReactFlow<CanvasNode, Flow>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={(_event, _node, dragged) => onDragged(dragged)}
        onSelectionDragStop={(_event, dragged) => onDragged(dragged)}
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
        elementsSelectable
        deleteKeyCode={null}
        disableKeyboardA11y
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Control", "Meta"]}
        selectionMode={SelectionMode.Partial}
        connectionRadius={28}
        snapToGrid
        snapGrid={[GRID, GRID]}
        minZoom={0.1}
        maxZoom={2}
        onlyRenderVisibleElements={nodes.length > DRAW_ALL_UP_TO}
        zoomOnDoubleClick={false}
        colorMode={scheme}
        ariaLabelConfig={labels}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
        <Panel position="bottom-left" style={{ margin: 0 }}>
          <CanvasControls />
        </Panel>
        {!small && <MiniMap pannable zoomable ariaLabel={say("canvas.minimap")} style={{ width: 128, height: 74 }} nodeBorderRadius={6} />}
      </ReactFlow>
      {isEmpty && <Empty />}
    </div>
  );
}
