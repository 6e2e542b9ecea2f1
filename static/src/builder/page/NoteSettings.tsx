import { Button, Textarea } from "@mantine/core";

import { WholeInput } from "../../ui/WholeInput";
import { changeNote, type NotePart } from "../document/commands";
import { NOTE_HEIGHT, NOTE_WIDTH } from "../document/geometry";
import { LONGEST_NOTE, type Note } from "../document/types";
import { NOTE_COLORS, noteColor } from "../groups";
import { useActions } from "../state/actions";
import { useEditable, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

/** pixels */
const LARGEST = 5_000;

/** The selected note: its text, colour and size. */
export function NoteSettings({ note }: { note: Note }) {
  const { store, palette } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const editable = useEditable();
  const change = (part: NotePart, field: string) => actions.apply(changeNote(store.getState().document, note.id, part), `note:${note.id}:${field}`);
  const titles = new Map<string | null, string>(palette.groups.map((group) => [group.key, group.title]));
  const chosen = NOTE_COLORS.find((color) => color === note.color) ?? null;
  return (
    <aside className={classes.side} aria-label={say("note.chosen")} data-testid="note-settings">
      <div className={classes.sideHead}>
        <strong>{say("note.label")}</strong>
      </div>
      <Textarea
        label={say("note.text")}
        autosize
        minRows={3}
        maxRows={14}
        maxLength={LONGEST_NOTE}
        value={note.text}
        readOnly={!editable}
        onChange={(event) => change({ text: event.currentTarget.value }, "text")}
      />
      <fieldset className={classes.colors} disabled={!editable}>
        <legend>{say("note.color")}</legend>
        {NOTE_COLORS.map((color) => {
          const title = titles.get(color) ?? say("note.plain");
          return (
            <label key={color ?? ""} title={title}>
              <input type="radio" name="note-color" aria-label={title} checked={color === chosen} onChange={() => change({ color }, "color")} />
              <span style={{ background: noteColor(color ?? undefined) }} />
            </label>
          );
        })}
      </fieldset>
      <div className={classes.sizes}>
        <WholeInput label={say("note.width")} value={note.width ?? NOTE_WIDTH} min={NOTE_WIDTH / 2} max={LARGEST} readOnly={!editable} onChange={(width) => change({ width: width ?? NOTE_WIDTH }, "size")} />
        <WholeInput label={say("note.height")} value={note.height ?? null} min={NOTE_HEIGHT / 2} max={LARGEST} placeholder={say("note.by_text")} readOnly={!editable} onChange={(height) => change({ height }, "size")} />
      </div>
      {editable && (
        <Button mt="md" size="xs" variant="subtle" color="red" onClick={() => actions.remove(new Set([note.id]))}>
          {say("inspector.delete")}
        </Button>
      )}
    </aside>
  );
}
