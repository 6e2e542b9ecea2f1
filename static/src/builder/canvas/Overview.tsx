import { Panel, useReactFlow, useStore, type ReactFlowState } from "@xyflow/react";
import { useMemo, useRef, type PointerEvent, type WheelEvent } from "react";
import { useShallow } from "zustand/react/shallow";

import { NODE_HEIGHT, NODE_WIDTH, NOTE_HEIGHT, NOTE_WIDTH } from "../document/geometry";
import { around, type Box } from "../document/guides";
import { groupColor, noteColor } from "../groups";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Canvas.module.css";

/** pixels */
const WIDTH = 148;
const HEIGHT = 92;
const MARGIN = 8;
const FASTER = 1.2;

function outline({ x, y, width, height }: Box): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}

/** The part that is seen, bright in the whole. Nothing else is drawn again while the graph moves. */
function Seen({ whole }: { whole: Box }) {
  const seen = useStore(
    useShallow(({ transform: [x, y, zoom], width, height }: ReactFlowState): Box => {
      // what reached beyond the frame would have the browser clip it anew, and arrange the page anew, at every frame
      const within = (value: number, from: number, room: number) => Math.min(Math.max(value, from), from + room);
      const [left, right] = [-x / zoom, (width - x) / zoom].map((value) => within(value, whole.x, whole.width)) as [number, number];
      const [top, bottom] = [-y / zoom, (height - y) / zoom].map((value) => within(value, whole.y, whole.height)) as [number, number];
      return { x: left, y: top, width: right - left, height: bottom - top };
    }),
  );
  return <path className={classes.unseen} fillRule="evenodd" d={`${outline(whole)}${outline(seen)}`} />;
}

/**
 * The whole graph, small. Its frame stays where it is while the graph moves, and all steps of a colour are one shape: the
 * library's own overview asks each of 500 steps at every frame, and has the browser arrange the page anew.
 */
export function Overview() {
  const { index } = usePlace();
  const say = useTexts();
  const flow = useReactFlow();
  const frame = useRef<SVGSVGElement>(null);
  // by the document: a step that is being dragged moves here when the hand lets go
  const nodes = useBuilder((state) => state.document.nodes);
  const notes = useBuilder((state) => state.document.notes);
  const { whole, shapes } = useMemo(() => {
    const drawn = [
      ...notes.map((note) => ({ color: noteColor(note.color), box: { ...note.position, width: note.width ?? NOTE_WIDTH, height: note.height ?? NOTE_HEIGHT } })),
      ...nodes.map((node) => ({ color: groupColor(index.get(node.type)?.group), box: { ...node.position, width: NODE_WIDTH, height: NODE_HEIGHT } })),
    ];
    const shapes = new Map<string, string>();
    for (const { color, box } of drawn) shapes.set(color, `${shapes.get(color) ?? ""}${outline(box)}`);
    const bounds = drawn.length > 0 ? around(drawn.map(({ box }) => box)) : { x: 0, y: 0, width: NODE_WIDTH, height: NODE_HEIGHT };
    const scale = Math.max(bounds.width / (WIDTH - 2 * MARGIN), bounds.height / (HEIGHT - 2 * MARGIN));
    const [width, height] = [WIDTH * scale, HEIGHT * scale];
    const whole = { x: bounds.x + (bounds.width - width) / 2, y: bounds.y + (bounds.height - height) / 2, width, height };
    return { whole, shapes: [...shapes] };
  }, [nodes, notes, index]);

  const goTo = (event: PointerEvent) => {
    const place = frame.current?.getBoundingClientRect();
    if (!place || event.buttons !== 1) return;
    const [right, down] = [(event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height];
    void flow.setCenter(whole.x + right * whole.width, whole.y + down * whole.height, { zoom: flow.getZoom() });
  };
  return (
    <Panel position="bottom-right" className={classes.overview}>
      <svg
        ref={frame}
        role="img"
        aria-label={say("canvas.minimap")}
        width={WIDTH}
        height={HEIGHT}
        viewBox={`${whole.x} ${whole.y} ${whole.width} ${whole.height}`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          goTo(event);
        }}
        onPointerMove={goTo}
        onWheel={(event: WheelEvent) => void flow.zoomTo(flow.getZoom() * (event.deltaY < 0 ? FASTER : 1 / FASTER))}
      >
        {shapes.map(([color, shape]) => (
          <path key={color} d={shape} fill={color} />
        ))}
        <Seen whole={whole} />
      </svg>
    </Panel>
  );
}
