import { Badge } from "@mantine/core";

import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";

/** How the scenario stands: what is live, what is in review, and whether the draft is saved. */
export function State() {
  const { draft, version, autosave } = usePlace();
  const say = useTexts();
  const save = useBuilder((state) => state.save);
  const message = save.kind === "refused" ? save.message : "";
  return (
    <>
      {version && <Badge variant="light">{say("page.version", { number: version.number })}</Badge>}
      {draft?.state === "paused" && (
        <>
          <Badge color="orange" variant="light" title={draft.pause_reason ?? ""}>
            {say("page.paused")}
          </Badge>
          {draft.pause_reason && <span className="ks-muted">{draft.pause_reason}</span>}
        </>
      )}
      {draft?.live_version && (
        <Badge color="green" variant="light" style={{ color: "var(--ks-good)", background: "var(--ks-good-soft)" }}>
          {say("page.live", { number: draft.live_version.number })}
        </Badge>
      )}
      {draft?.submitted_version && <Badge variant="light">{say("page.submitted", { number: draft.submitted_version.number })}</Badge>}
      {autosave ? (
        <Badge color={save.kind === "saved" ? "gray" : "orange"} variant="light" data-testid="save-state" data-state={save.kind} role="status">
          {say("page.draft")} · {say(`save.${save.kind}`, { message })}
        </Badge>
      ) : (
        <Badge color="gray" variant="light">
          {say("page.read_only")}
        </Badge>
      )}
    </>
  );
}
