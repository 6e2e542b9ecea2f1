import { ViewportPortal } from "@xyflow/react";

import type { Guide } from "../document/guides";
import classes from "./Canvas.module.css";

/** Lines through what a dragged step stands in line with. */
export function Guides({ guides }: { guides: readonly Guide[] }) {
  if (guides.length === 0) return null;
  return (
    <ViewportPortal>
      {guides.map(({ axis, at, from, to }) => (
        <div
          key={`${axis} ${at}`}
          className={`${classes.guide} ${axis === "x" ? classes.upright : classes.level}`}
          style={axis === "x" ? { left: at, top: from, height: to - from } : { left: from, top: at, width: to - from }}
          data-testid={`guide-${axis}`}
        />
      ))}
    </ViewportPortal>
  );
}
