import { Stack, Switch, TextInput } from "@mantine/core";

import { WholeInput } from "../../ui/WholeInput";
import { changeSettings, renameScenario } from "../document/commands";
import { useActions } from "../state/actions";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";

/** What holds for the whole scenario; shown while no step is selected. */
export function ScenarioSettings() {
  const { store } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const readOnly = useBuilder((state) => state.readOnly);
  const name = useBuilder((state) => state.document.name);
  const settings = useBuilder((state) => state.document.settings);
  const change = (part: Record<string, unknown>, key: string) => actions.apply(changeSettings(store.getState().document, part), `settings:${key}`);
  const reentry = settings.reentry as { after_days?: number } | null | undefined;
  const goal = settings.goal as { kind?: string } | undefined;
  return (
    <Stack gap="xs">
      <TextInput
        label={say("inspector.name")}
        value={name}
        readOnly={readOnly}
        onChange={(event) => actions.apply(renameScenario(store.getState().document, event.currentTarget.value), "name")}
      />
      <TextInput
        label={say("inspector.track")}
        description={say("inspector.track_help")}
        value={typeof settings.track === "string" ? settings.track : "collection"}
        maxLength={40}
        readOnly={readOnly}
        onChange={(event) => change({ track: event.currentTarget.value }, "track")}
      />
      <WholeInput
        label={say("inspector.priority")}
        value={Number(settings.priority ?? 10)}
        min={0}
        readOnly={readOnly}
        onChange={(value) => change({ priority: value ?? 0 }, "priority")}
      />
      <WholeInput
        label={say("inspector.reentry")}
        value={reentry?.after_days ?? null}
        min={0}
        readOnly={readOnly}
        onChange={(value) => change({ reentry: value === null ? null : { after_days: value } }, "reentry")}
      />
      <WholeInput
        label={say("inspector.window")}
        value={Number(settings.conversion_window_days ?? 7)}
        min={1}
        max={90}
        readOnly={readOnly}
        onChange={(value) => change({ conversion_window_days: value ?? 7 }, "window")}
      />
      <WholeInput
        label={say("inspector.holdout")}
        value={Number(settings.holdout_percent ?? 0)}
        min={0}
        max={50}
        readOnly={readOnly}
        onChange={(value) => change({ holdout_percent: value ?? 0 }, "holdout")}
      />
      <Switch
        label={say("inspector.goal")}
        checked={goal?.kind !== "none"}
        disabled={readOnly}
        onChange={(event) => change({ goal: { kind: event.currentTarget.checked ? "overdue_paid" : "none" } }, "goal")}
      />
    </Stack>
  );
}
