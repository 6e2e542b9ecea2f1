import { NodeResizer, type Node, type NodeProps, type ResizeParams } from "@xyflow/react";
import { memo, useEffect, useRef, type CSSProperties } from "react";

import { changeNote } from "../document/commands";
import { GRID, NOTE_HEIGHT, NOTE_WIDTH } from "../document/geometry";
import { LONGEST_NOTE, type Note } from "../document/types";
import { noteColor } from "../groups";
import { useActions } from "../state/actions";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./NoteCard.module.css";

export type NoteNode = Node<{ note: Note }, "note">;

function NoteCardView({ data: { note }, selected }: NodeProps<NoteNode>) {
  const { store } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const editable = useBuilder((state) => state.mode === "edit" && !state.readOnly);
  const writing = useBuilder((state) => state.writing === note.id);
  const setWriting = (isOn: boolean) => store.getState().set({ writing: isOn ? note.id : null });
  const field = useRef<HTMLTextAreaElement>(null);
  // not what the canvas was handed: that comes a moment later, and a field that lags behind loses letters
  const text = useBuilder((state) => state.document.notes.find((item) => item.id === note.id)?.text ?? "");
  const fresh = editable && selected && note.text === "";
  useEffect(() => {
    if (!writing && !fresh) return undefined;
    // a new note is hidden until the canvas has measured it, and what is hidden takes no focus
    let frame = 0;
    const enter = () => {
      field.current?.focus();
      if (document.activeElement !== field.current) frame = requestAnimationFrame(enter);
    };
    enter();
    return () => cancelAnimationFrame(frame);
  }, [writing, fresh]);
  const look = `${classes.note} ${selected ? classes.selected : ""}`;
  const style = { "--note": noteColor(note.color) } as CSSProperties;
  const onResized = (_event: unknown, { x, y, width, height }: ResizeParams) => {
    const [wide, high] = [width, height].map((side) => Math.round(side / GRID) * GRID) as [number, number];
    actions.apply(changeNote(store.getState().document, note.id, { position: { x, y }, width: wide, height: high }));
  };
  const corners = <NodeResizer isVisible={editable && selected} minWidth={NOTE_WIDTH / 2} minHeight={NOTE_HEIGHT / 2} onResizeEnd={onResized} />;
  if (!editable || !(writing || fresh)) {
    return (
      <div className={look} style={style} data-testid={`note-${note.id}`} onDoubleClick={() => setWriting(editable)}>
        {corners}
        <div className={classes.text}>{note.text || <span className={classes.hint}>{say("note.empty")}</span>}</div>
      </div>
    );
  }
  return (
    <div className={look} style={style} data-testid={`note-${note.id}`}>
      {corners}
      <textarea
        ref={field}
        className={`nodrag nopan nowheel ${classes.field}`}
        value={text}
        maxLength={LONGEST_NOTE}
        aria-label={say("note.label")}
        onChange={(event) => {
          setWriting(true);
          actions.apply(changeNote(store.getState().document, note.id, { text: event.currentTarget.value }), `note:${note.id}:text`);
        }}
        onBlur={() => setWriting(false)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          document.getElementById("builder-canvas")?.focus();
        }}
      />
    </div>
  );
}

export const NoteCard = memo(NoteCardView);
