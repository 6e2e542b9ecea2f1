import type { Node, NodeProps } from "@xyflow/react";
import { memo, useEffect, useRef } from "react";

import { changeNote } from "../document/commands";
import type { Note } from "../document/types";
import { useActions } from "../state/actions";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./NoteCard.module.css";

export type NoteNode = Node<{ note: Note }, "note">;

const LONGEST = 2_000;

function NoteCardView({ data: { note }, selected }: NodeProps<NoteNode>) {
  const { store } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const editable = useBuilder((state) => state.mode === "edit" && !state.readOnly);
  const writing = useBuilder((state) => state.writing === note.id);
  const setWriting = (isOn: boolean) => store.getState().set({ writing: isOn ? note.id : null });
  const field = useRef<HTMLTextAreaElement>(null);
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
  if (!editable || !(writing || fresh)) {
    return (
      <div className={look} data-testid={`note-${note.id}`} onDoubleClick={() => setWriting(editable)}>
        {note.text || <span className={classes.hint}>{say("note.empty")}</span>}
      </div>
    );
  }
  return (
    <div className={look} data-testid={`note-${note.id}`}>
      <textarea
        ref={field}
        className={`nodrag nopan nowheel ${classes.field}`}
        value={note.text}
        maxLength={LONGEST}
        aria-label={say("note.label")}
        onChange={(event) => {
          setWriting(true);
          actions.apply(changeNote(store.getState().document, note.id, event.currentTarget.value), `note:${note.id}`);
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
