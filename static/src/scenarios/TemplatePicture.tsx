import { groupColor } from "../builder/groups";
import { NODE_HEIGHT, NODE_WIDTH } from "../builder/document/geometry";
import type { Position, ScenarioDocument } from "../builder/document/types";
import type { NodeGroup } from "../builder/model";
import classes from "./Scenarios.module.css";

const MARGIN = 60;

/** The graph from afar: where the steps stand, of which group they are, what leads where. */
export function TemplatePicture({ document, groups }: { document: ScenarioDocument; groups: ReadonlyMap<string, NodeGroup> }) {
  const places = new Map<string, Position>(document.nodes.map((node) => [node.id, node.position]));
  const xs = document.nodes.map((node) => node.position.x);
  const ys = document.nodes.map((node) => node.position.y);
  const [left, top] = [Math.min(...xs) - MARGIN, Math.min(...ys) - MARGIN];
  const [right, bottom] = [Math.max(...xs) + NODE_WIDTH + MARGIN, Math.max(...ys) + NODE_HEIGHT + MARGIN];
  return (
    <svg className={classes.picture} viewBox={`${left} ${top} ${right - left} ${bottom - top}`} aria-hidden>
      {document.edges.map((edge) => {
        const from = places.get(edge.source);
        const to = places.get(edge.target);
        if (!from || !to) return null;
        const [x1, y1, x2, y2] = [from.x + NODE_WIDTH / 2, from.y + NODE_HEIGHT, to.x + NODE_WIDTH / 2, to.y];
        const bend = (y2 - y1) / 2;
        return <path key={edge.id} d={`M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`} />;
      })}
      {document.nodes.map((node) => (
        <rect
          key={node.id}
          x={node.position.x}
          y={node.position.y}
          width={NODE_WIDTH}
          height={NODE_HEIGHT}
          rx={24}
          style={{ fill: groupColor(groups.get(node.type)) }}
        />
      ))}
    </svg>
  );
}
