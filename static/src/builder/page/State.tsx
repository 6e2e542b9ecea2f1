import { Label } from "../../ui/Tone";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

/** How the scenario stands: what is live, what is in review, and whether the draft is saved. */
export function State() {
  const { draft, version, autosave } = usePlace();
  const say = useTexts();
  const save = useBuilder((state) => state.save);
  const message = save.kind === "refused" ? save.message : "";
  return (
    <>
      {version && <Label tone="accent">{say("page.version", { number: version.number })}</Label>}
      {draft?.state === "paused" && (
        <>
          <Label tone="warn">{say("page.paused")}</Label>
          {draft.pause_reason && (
            <span className={`ks-muted ks-cut ${classes.reason}`} title={draft.pause_reason}>
              {draft.pause_reason}
            </span>
          )}
        </>
      )}
      {draft?.live_version && <Label tone="good">{say("page.live", { number: draft.live_version.number })}</Label>}
      {draft?.submitted_version && <Label tone="accent">{say("page.submitted", { number: draft.submitted_version.number })}</Label>}
      {autosave ? (
        <span data-testid="save-state" data-state={save.kind} role="status">
          <Label tone={save.kind === "saved" ? "quiet" : "warn"}>
            {say("page.draft")} · {say(`save.${save.kind}`, { message })}
          </Label>
        </span>
      ) : (
        <Label>{say("page.read_only")}</Label>
      )}
    </>
  );
}
