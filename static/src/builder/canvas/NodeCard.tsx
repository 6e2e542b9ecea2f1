import { Position, type Node, type NodeProps } from "@xyflow/react";
import { IconAlertCircle, IconAlertTriangle, IconArrowDownRight } from "@tabler/icons-react";
import { memo, useMemo } from "react";

import { useFormat } from "../../ui/useFormat";
import { nodeWidth } from "../document/geometry";
import type { Port, ScenarioNode } from "../document/types";
import { groupColor, NodeIcon } from "../icons";
import { heatOf } from "../numbers/heat";
import { useShowCases } from "../numbers/useShowCases";
import { useBuilder, usePlace } from "../state/context";
import { brightWay, visitorsOf, wiredPorts, worstByNode } from "../state/derived";
import { figuresOf, type Figure } from "../state/figures";
import { useParts } from "../state/parts";
import { initials } from "../page/Here";
import { useTexts } from "../texts";
import { Pin, useOverview } from "./Pin";
import { useRemeasure } from "./useRemeasure";
import classes from "./NodeCard.module.css";

export type StepNode = Node<{ node: ScenarioNode }, "step">;

/** Ports that the analysis gives, and those that only an edge still names: such an edge must stay visible. */
function usePorts(node: ScenarioNode): { ports: readonly Port[]; wired: ReadonlySet<string>; gone: ReadonlySet<string> } {
  const { index } = usePlace();
  const analysed = useBuilder((state) => state.analysis.nodes[node.id]?.ports);
  const wires = useBuilder((state) => wiredPorts(state.document.edges).get(node.id) ?? "");
  const fallback = index.get(node.type)?.ports;
  return useMemo(() => {
    const known = analysed ?? fallback ?? [];
    const wired = new Set(wires === "" ? [] : wires.split("\n"));
    const gone = [...wired].filter((key) => !known.some((port) => port.key === key));
    const ports = [...known, ...gone.map((key) => ({ key, title: key, required: false }))];
    return { ports, wired, gone: new Set(gone) };
  }, [analysed, fallback, wires]);
}

function useFigures(node: ScenarioNode): readonly Figure[] {
  const { index } = usePlace();
  const numbers = useBuilder((state) => (state.mode === "numbers" ? state.numbers?.nodes[node.id] : undefined));
  const windowDays = useBuilder((state) => state.numbers?.window_days ?? 7);
  const say = useTexts();
  const format = useFormat();
  return useMemo(
    () => (numbers ? figuresOf(numbers, index.get(node.type), { say, format, windowDays }) : []),
    [numbers, index, node.type, say, format, windowDays],
  );
}

/** How hot the step is, 0…1, when heat is on. */
function useHeat(id: string): number {
  return useBuilder((state) => {
    return state.mode === "numbers" && state.numbers ? heatOf(state.numbers.nodes, state.heat, id) : 0;
  });
}

function NodeCardView({ data: { node }, selected }: NodeProps<StepNode>) {
  const { index } = usePlace();
  const say = useTexts();
  const kind = index.get(node.type);
  const editing = useBuilder((state) => state.mode === "edit");
  const editable = useBuilder((state) => state.mode === "edit" && !state.readOnly);
  const sentence = useBuilder((state) => state.analysis.nodes[node.id]?.sentence);
  const { ports, wired, gone } = usePorts(node);
  const figures = useFigures(node);
  const worst = useBuilder((state) => worstByNode(state.analysis.problems).get(node.id));
  const heat = useHeat(node.id);
  const faded = useBuilder((state) => !(brightWay(state)?.nodes.has(node.id) ?? true));
  const { look } = useParts();
  const isOverview = useOverview();
  const showCases = useShowCases();
  useRemeasure(node.id, `${ports.map((port) => port.key).join()} ${editing} ${figures.length}`);

  const words = sentence ?? kind?.title ?? say("node.unknown", { type: node.type });
  const title = node.data.label || kind?.title || node.type;
  const labelled = editing && ports.length > 1;
  const style = {
    width: nodeWidth(ports.length),
    ...(heat > 0 && { background: `color-mix(in srgb, var(--ks-group-people) ${Math.round(heat * 42)}%, var(--ks-card))` }),
  };
  const visitors = useBuilder((state) => visitorsOf(state.others).get(node.id));
  const marks = [classes.card, heat > 0 && classes.hot, selected && classes.selected, faded && classes.faded, !editable && classes.readOnly, !editing && classes.quiet];
  return (
    <div
      className={marks.filter(Boolean).join(" ")}
      style={style}
      data-testid={`node-${node.id}`}
      data-faded={faded || undefined}
      onDoubleClick={() => kind?.calls && void look(node.id)}
    >
      {!kind?.entry && (
        <Pin
          isOverview={isOverview}
          type="target"
          id="in"
          position={Position.Top}
          isConnectable={editable}
          data-testid={`handle-${node.id}-in`}
          aria-label={say("node.input")}
        />
      )}
      <div className={classes.head}>
        <span className={classes.icon} style={{ background: groupColor(kind?.group) }}>
          <NodeIcon {...(kind && { icon: kind.icon, group: kind.group })} size={14} />
        </span>
        <span className={classes.title} title={title}>
          {title}
        </span>
        {visitors && (
          <span className={classes.visitor} title={say("here.visiting", { names: visitors })}>
            {initials(visitors)}
          </span>
        )}
        <span className={classes.marks}>
          {worst && (
            <span className={`${classes.problem} ${classes[worst] ?? ""}`} role="img" aria-label={say(`problems.${worst}`)}>
              {worst === "error" ? <IconAlertCircle size={16} /> : <IconAlertTriangle size={16} />}
            </span>
          )}
          {kind?.calls && (
            <button
              type="button"
              tabIndex={-1}
              className={`nodrag ${classes.inside}`}
              aria-label={say("part.look")}
              title={`${say("part.look")} · I`}
              data-testid={`open-${node.id}`}
              onClick={() => void look(node.id)}
            >
              <IconArrowDownRight size={15} />
            </button>
          )}
        </span>
        <span className={classes.sentence} title={words}>
          {words}
        </span>
      </div>
      {figures.length > 0 && (
        <div className={classes.figures}>
          {figures.map((figure) => (
            <button
              key={figure.key}
              type="button"
              tabIndex={-1}
              className={`nodrag ${classes.figure}`}
              title={figure.hint}
              data-testid={`figure-${node.id}-${figure.key}`}
              onClick={(event) => figure.cases && showCases(event, node.id, figure.cases)}
            >
              <span className={classes.figureLabel}>{figure.label}</span>
              <span className={`${classes.figureValue} ${figure.tone ? (classes[figure.tone] ?? "") : ""}`}>
                {figure.value}
              </span>
            </button>
          ))}
        </div>
      )}
      {ports.length > 0 && (
        <div className={labelled ? classes.ports : classes.bare}>
          {ports.map((port) => (
            <div key={port.key} className={`${classes.port} ${gone.has(port.key) ? classes.gone : ""}`}>
              {labelled && (
                <span className={classes.portTitle} title={gone.has(port.key) ? say("node.gone") : port.title}>
                  {port.title}
                </span>
              )}
              <Pin
                isOverview={isOverview}
                type="source"
                id={port.key}
                position={Position.Bottom}
                isConnectable={editable}
                className={wired.has(port.key) ? "" : port.required ? "free required" : "free"}
                data-testid={`handle-${node.id}-${port.key}`}
                aria-label={say("node.output", { port: port.title })}
                title={port.title}
              />
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

export const NodeCard = memo(NodeCardView);
