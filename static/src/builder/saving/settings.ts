/** The settings of a scenario beside those of another draft of it. */
import { equalJson } from "../document/difference";
import type { ScenarioDocument } from "../document/types";

const SETTINGS = ["name", "track", "priority", "reentry", "window", "holdout", "goal"] as const;

export type SettingName = (typeof SETTINGS)[number];

/** Each setting as the form shows it; null where there is none. What a draft leaves out stands at its default. */
function settingsOf({ name, settings }: ScenarioDocument): Readonly<Record<SettingName, string | number | boolean | null>> {
  const reentry = settings.reentry as { after_days?: number } | null | undefined;
  const goal = settings.goal as { kind?: string } | undefined;
  return {
    name,
    track: typeof settings.track === "string" && settings.track !== "" ? settings.track : null,
    priority: Number(settings.priority ?? 10),
    reentry: reentry?.after_days ?? null,
    window: Number(settings.conversion_window_days ?? 7),
    holdout: Number(settings.holdout_percent ?? 0),
    goal: goal?.kind !== "none",
  };
}

/** The settings of `document` that are others in `other`, in the order of the form. */
export function differingSettings(document: ScenarioDocument, other: ScenarioDocument): { setting: SettingName; value: string | number | boolean | null }[] {
  const [here, there] = [settingsOf(document), settingsOf(other)];
  return SETTINGS.filter((setting) => !equalJson(here[setting], there[setting])).map((setting) => ({ setting, value: here[setting] }));
}
