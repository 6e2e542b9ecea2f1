import { BaseEdge, EdgeLabelRenderer, getBezierPath, getSmoothStepPath, type Edge, type EdgeProps } from "@xyflow/react";
import { IconPlus } from "@tabler/icons-react";
import { memo } from "react";

import { useFormat } from "../../ui/useFormat";
import { useBuilder, usePlace } from "../state/context";
import { busiest, nodesById, seenAt } from "../state/derived";
import { useTexts } from "../texts";
import { useQuickAdd } from "./quickAdd";
import classes from "./FlowEdge.module.css";

export type Flow = Edge<Record<string, never>, "flow">;

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
  const { open } = useQuickAdd();

  const ports = analysed ?? (type ? index.get(type)?.ports : undefined) ?? [];
  const title = ports.find((item) => item.key === port)?.title ?? port;
  const upwards = props.targetY < props.sourceY;
  const [path, x, y] = upwards ? getSmoothStepPath({ ...props, borderRadius: 14, offset: 26 }) : getBezierPath(props);
  const share = entered > 0 ? cases / entered : 0;
  const figures = counting && entered > 0;
  const words = [ports.length > 1 ? title : "", figures ? format.percent(share) : "", figures && cases > 0 ? format.number(cases) : ""];
  const text = words.filter(Boolean).join(" · ");
  const hint = figures
    ? say("edge.hint", { port: title, cases: format.number(cases), entered: format.number(entered), money: format.money(amount) })
    : title;
  const strong = counting && cases > 0;
  const stroke = {
    strokeWidth: counting ? widthOf(cases, most) : 1.6,
    ...(strong && { stroke: "color-mix(in srgb, var(--ks-accent) 62%, var(--ks-card))" }),
    ...(selected && { stroke: "var(--ks-accent)" }),
  };
  const place = { transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` };
  return (
    <>
      <BaseEdge id={id} path={path} style={stroke} interactionWidth={22} />
      <EdgeLabelRenderer>
        <div
          className={`nodrag nopan ${classes.label} ${selected ? classes.selected : ""} ${counting && text ? "" : classes.bare}`}
          style={place}
          title={hint}
          data-edge={id}
          data-testid={`edge-label-${id}`}
        >
          {counting && text !== "" && <span>{text}</span>}
          {editable && (
            <button
              type="button"
              className={`${classes.insert} ${selected ? classes.shown : ""}`}
              aria-label={say("edge.insert", { port: title })}
              data-testid={`insert-${id}`}
              onClick={(event) => open({ kind: "edge", edge: id }, event.clientX, event.clientY)}
            >
              <IconPlus size={12} />
            </button>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}

export const FlowEdge = memo(FlowEdgeView);
