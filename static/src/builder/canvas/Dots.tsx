import { useStore } from "@xyflow/react";

import { GRID } from "../document/geometry";
import classes from "./Canvas.module.css";

/** Canvas units between two dots at full size (as in Canvas.module.css). */
const GAP = 2 * GRID;
/** The least and the most that dots are drawn smaller or larger than at full size; outside of that, every second one is left out or put in. */
const SMALLEST = 0.7;

/** The ground of the canvas. One picture, moved and scaled with the graph and never painted again while it moves. */
export function Dots() {
  const transform = useStore(({ transform: [x, y, zoom] }) => {
    const scale = zoom / 2 ** Math.floor(Math.log2(zoom / SMALLEST));
    const step = GAP * scale;
    return `translate(${x % step - step}px, ${y % step - step}px) scale(${scale})`;
  });
  return <div className={classes.dots} style={{ transform }} />;
}
