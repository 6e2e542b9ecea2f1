import { BaseEdge, EdgeLabelRenderer, type Edge, type EdgeProps } from "@xyflow/react";
import { IconPlus } from "@tabler/icons-react";
import { memo } from "react";

import { useFormat } from "../../ui/useFormat";
import { isLong, usualPlace } from "../document/labels";
import { pointOn, wayOf } from "../document/lanes";
import { useShowCases } from "../numbers/useShowCases";
import { useBuilder, usePlace } from "../state/context";
import { brightWay, busiest, nodesById, seenAt } from "../state/derived";
import { useTexts } from "../texts";
import { wordsOf } from "./edgeWords";
import { useQuickAdd } from "./quickAdd";
import classes from "./FlowEdge.module.css";

/** `lane`: the x beside the cards that the connection would run under; `share`: how far down its words stand. */
export type Flow = Edge<{ lane?: number | undefined; share?: number | undefined }, "flow">;

/** Below this zoom small print is left out: it could not be read. */
export const FAR = 0.3;

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
  const isFar = useBuilder((state) => state.isFar);
  const { open } = useQuickAdd();
  const showCases = useShowCases();

  const ports = analysed ?? (type ? index.get(type)?.ports : undefined) ?? [];
  const title = ports.find((item) => item.key === port)?.title ?? port;
  const lane = props.data?.lane;
  const [from, to] = [{ x: props.sourceX, y: props.sourceY }, { x: props.targetX, y: props.targetY }];
  const path = wayOf(from, to, lane);
  const place = Math.max(0, ports.findIndex((item) => item.key === port));
  const down = props.data?.share ?? usualPlace(to.y - from.y, place, ports.length);
  const { x, y } = pointOn(from, to, lane, down);
  const figures = counting && entered > 0;
  const isLooked = selected === true || aimed;
  const text = wordsOf({ title: ports.length > 1 ? title : "", counting, entered, cases, isLong: isLong(from, to, lane), isLooked }, format);
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
  const anchor = lane === undefined || to.y < from.y ? "-50%" : lane < from.x ? "calc(-100% + 10px)" : "-10px";
  const spot = { transform: `translate(${anchor}, -50%) translate(${x}px, ${y}px)`, ...(isLooked && { zIndex: 1 }) };
  return (
    <>
      <BaseEdge id={id} path={path} style={stroke} interactionWidth={isFar ? 0 : 22} />
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
