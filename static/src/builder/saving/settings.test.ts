import { describe, expect, it } from "vitest";

import type { ScenarioDocument } from "../document/types";
import { differingSettings } from "./settings";

const drafted = (name: string, settings: Record<string, unknown>): ScenarioDocument => ({ format: 1, name, settings, nodes: [], edges: [], notes: [] });

describe("the settings that differ", () => {
  it("are named with this draft's value, in the order of the form", () => {
    const mine = drafted("Soft", { priority: 5, reentry: { after_days: 14 }, goal: { kind: "none" } });
    const theirs = drafted("Firm", { priority: 7 });
    expect(differingSettings(mine, theirs)).toEqual([
      { setting: "name", value: "Soft" },
      { setting: "priority", value: 5 },
      { setting: "reentry", value: 14 },
      { setting: "goal", value: false },
    ]);
    expect(differingSettings(theirs, mine).map((one) => one.value)).toEqual(["Firm", 7, null, true]);
  });

  it("are none where one draft writes a default down and the other leaves it out", () => {
    expect(differingSettings(drafted("A", {}), drafted("A", { priority: 10, reentry: null, track: "", goal: { kind: "overdue_paid" } }))).toEqual([]);
  });
});
