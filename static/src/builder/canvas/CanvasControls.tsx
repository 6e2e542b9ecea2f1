import { useReactFlow, useStore as useFlowStore } from "@xyflow/react";
import { IconArrowBackUp, IconArrowForwardUp, IconArrowsMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import { useStore } from "zustand";

import { useFormat } from "../../ui/useFormat";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Canvas.module.css";

/** Room at the bottom for the controls and the overview. */
export const FIT = { padding: { top: "28px", left: "40px", right: "40px", bottom: "64px" }, maxZoom: 1, duration: 120 } as const;

/** Undo and redo, zoom, fit; the current zoom is a button back to 100 %. */
export function CanvasControls() {
  const { store } = usePlace();
  const say = useTexts();
  const format = useFormat();
  const flow = useReactFlow();
  const zoom = useFlowStore((state) => state.transform[2]);
  const readOnly = useBuilder((state) => state.readOnly);
  const canUndo = useStore(store.temporal, (state) => state.pastStates.length > 0);
  const canRedo = useStore(store.temporal, (state) => state.futureStates.length > 0);
  const { undo, redo } = store.getState();
  return (
    <div className={classes.controls} role="toolbar" aria-label={say("canvas.controls")}>
      {!readOnly && (
        <>
          <button type="button" onClick={undo} disabled={!canUndo} aria-label={say("key.undo")} title={`${say("key.undo")} · Ctrl+Z`}>
            <IconArrowBackUp size={16} />
          </button>
          <button type="button" onClick={redo} disabled={!canRedo} aria-label={say("key.redo")} title={`${say("key.redo")} · Ctrl+Y`}>
            <IconArrowForwardUp size={16} />
          </button>
        </>
      )}
      <button type="button" onClick={() => void flow.zoomOut()} aria-label={say("canvas.zoom_out")} title={say("canvas.zoom_out")}>
        <IconMinus size={15} />
      </button>
      <button
        type="button"
        className={classes.zoom}
        onClick={() => void flow.zoomTo(1, { duration: 120 })}
        aria-label={`${format.percent(zoom, 0)}. ${say("canvas.zoom_reset")}`}
        title={say("canvas.zoom_reset")}
      >
        {format.percent(zoom, 0)}
      </button>
      <button type="button" onClick={() => void flow.zoomIn()} aria-label={say("canvas.zoom_in")} title={say("canvas.zoom_in")}>
        <IconPlus size={15} />
      </button>
      <button type="button" onClick={() => void flow.fitView(FIT)} aria-label={say("canvas.fit")} title={`${say("canvas.fit")} · 0`}>
        <IconArrowsMaximize size={15} />
      </button>
    </div>
  );
}
