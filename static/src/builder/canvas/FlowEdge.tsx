import { BaseEdge, EdgeLabelRenderer, getBezierPath, getSmoothStepPath, useStore, type Edge, type EdgeProps } from "@xyflow/react";
import { IconPlus } from "@tabler/icons-react";
import { memo } from "react";

import { useFormat } from "../../ui/useFormat";
import { lanePath } from "../document/lanes";
import { useShowCases } from "../numbers/useShowCases";
import { useBuilder, usePlace } from "../state/context";
import { brightWay, busiest, nodesById, seenAt } from "../state/derived";
import { useTexts } from "../texts";
import { useQuickAdd } from "./quickAdd";
import classes from "./FlowEdge.module.css";

/** `lane`: the x beside the cards that the connection would run under. */
export type Flow = Edge<{ lane?: number | undefined }, "flow">;

/** A connection longer than this says its port at any time: its step may be far from where one looks. */
const LONG = 330;

/** How far below the card labels stand, and from each other: those of neighbouring ports one below the other, so that all can be read. */
const FIRST_LABEL = 15;
const NEXT_LABEL = 21;

/** Where on the way (`t`) a label stands: the first, second … of `count` ports; closer together where the way is short. */
function labelPlace(height: number, place: number, count: number): number {
  const step = Math.min(NEXT_LABEL, Math.max(0, height - 2 * FIRST_LABEL) / (count - 1));
  const wanted = Math.min(0.9, (FIRST_LABEL + step * place) / Math.max(1, height));
  let [low, high] = [0, 1];
  for (let round = 0; round < 8; round += 1) {
    const t = (low + high) / 2;
    if (1.5 * t - 1.5 * t ** 2 + t ** 3 < wanted) low = t;
    else high = t;
  }
  return (low + high) / 2;
}

/** A point of the curve that the library draws downwards from a port to a step; `t` runs from 0 to 1. */
function pointAlong({ sourceX, sourceY, targetX, targetY }: EdgeProps<Flow>, t: number): { x: number; y: number } {
  const bend = (targetY - sourceY) / 2;
  const mix = (a: number, b: number, c: number, d: number) =>
    a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t ** 2 * (1 - t) + d * t ** 3;
  return { x: mix(sourceX, sourceX, targetX, targetX), y: mix(sourceY, sourceY + bend, targetY - bend, targetY) };
}

/** Below this zoom labels are left out. */
const FAR = 0.3;

const THINNEST = 1.5;
const THICKEST = 6;

/** Width by the square root of the share: a tenth of the flow is still seen, and the whole is no beam. */
function widthOf(cases: number, most: number): number {
  return cases <= 0 ? 1.2 : THINNEST + (THICKEST - THINNEST) * Math.sqrt(cases / most);
}

function FlowEdgeView(props: EdgeProps<Flow>) {
  const { id, source, sourceHandleId, selected } = props;
  const port = sourceHandleId ?? "";
  const say = useTexts();
  const format = useFormat();
  const { index } = usePlace();
  const counting = useBuilder((state) => state.mode === "numbers" && state.numbers !== null);
  const editable = useBuilder((state) => state.mode === "edit" && !state.readOnly);
  const type = useBuilder((state) => nodesById(state.document.nodes).get(source)?.type);
  const analysed = useBuilder((state) => state.analysis.nodes[source]?.ports);
  const entered = useBuilder((state) => seenAt(state.numbers?.nodes[source]));
  const cases = useBuilder((state) => state.numbers?.nodes[source]?.ports[port]?.cases ?? 0);
  const amount = useBuilder((state) => state.numbers?.nodes[source]?.ports[port]?.amount ?? 0);
  const most = useBuilder((state) => (state.numbers ? busiest(state.numbers.nodes) : 1));
  const aimed = useBuilder((state) => state.aim === id);
  const faded = useBuilder((state) => !(brightWay(state)?.edges.has(id) ?? true));
  // from far away labels cannot be read, and 800 of them cost more than all lines together
  const isFar = useStore((state) => state.transform[2] < FAR);
  const { open } = useQuickAdd();
  const showCases = useShowCases();

  const ports = analysed ?? (type ? index.get(type)?.ports : undefined) ?? [];
  const title = ports.find((item) => item.key === port)?.title ?? port;
  const upwards = props.targetY < props.sourceY;
  const lane = upwards ? undefined : props.data?.lane;
  const [straight, middleX, middleY] = upwards ? getSmoothStepPath({ ...props, borderRadius: 14, offset: 26 }) : getBezierPath(props);
  const [from, to] = [{ x: props.sourceX, y: props.sourceY }, { x: props.targetX, y: props.targetY }];
  const path = lane === undefined ? straight : lanePath(from, to, lane);
  const place = Math.max(0, ports.findIndex((item) => item.key === port));
  const along = upwards || ports.length < 2 ? null : labelPlace(props.targetY - props.sourceY, place, ports.length);
  const isLong = upwards || lane !== undefined || Math.hypot(to.x - from.x, to.y - from.y) > LONG;
  const { x, y } =
    lane !== undefined ? { x: lane, y: (from.y + to.y) / 2 + 24 * (place - (ports.length - 1) / 2) } : along === null ? { x: middleX, y: middleY } : pointAlong(props, along);
  const share = entered > 0 ? cases / entered : 0;
  const figures = counting && entered > 0;
  // while drawing, the card names its ports: only connections that lead away from it, or are looked at, say it again
  // and among numbers a connection that nobody took says nothing
  const isLooked = selected === true || aimed;
  const named = ports.length > 1 && (figures ? cases > 0 || isLooked : counting || isLong || isLooked);
  const words = [named ? title : "", figures && (cases > 0 || isLooked) ? format.percent(share) : "", figures && cases > 0 ? format.number(cases) : ""];
  const text = words.filter(Boolean).join(" · ");
  const hint = figures
    ? say("edge.hint", { port: title, cases: format.number(cases), entered: format.number(entered), money: format.money(amount) })
    : title;
  const strong = counting && cases > 0;
  const stroke = {
    strokeWidth: counting ? widthOf(cases, most) : 1.6,
    ...(strong && { stroke: "color-mix(in srgb, var(--ks-accent) 62%, var(--ks-card))" }),
    ...((selected || aimed) && { stroke: "var(--ks-accent)" }),
    ...(aimed && editable && { strokeWidth: 2.4 }),
    ...(faded && { opacity: 0.22 }),
  };
  // words beside a lane stand on the side where there is no card
  const anchor = lane === undefined ? "-50%" : lane < from.x ? "calc(-100% + 10px)" : "-10px";
  const spot = { transform: `translate(${anchor}, -50%) translate(${x}px, ${y}px)` };
  return (
    <>
      <BaseEdge id={id} path={path} style={stroke} interactionWidth={22} />
      {(!isFar || selected) && (
        <EdgeLabelRenderer>
          <div
            className={`nodrag nopan ${classes.label} ${selected ? classes.selected : ""} ${faded ? classes.faded : ""} ${text ? "" : classes.bare}`}
            style={spot}
            title={hint}
            data-edge={id}
            onClick={counting && cases > 0 ? (event) => showCases(event, source, { state: "left", port }) : undefined}
            data-testid={`edge-label-${id}`}
          >
            {text !== "" && <span>{text}</span>}
            {editable && (
              <button
                type="button"
                tabIndex={-1}
                className={`${classes.insert} ${selected || aimed ? classes.shown : ""}`}
                aria-label={say("edge.insert", { port: title })}
                data-testid={`insert-${id}`}
                onClick={(event) => open({ kind: "edge", edge: id }, event.clientX, event.clientY)}
              >
                <IconPlus size={12} />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const FlowEdge = memo(FlowEdgeView);
