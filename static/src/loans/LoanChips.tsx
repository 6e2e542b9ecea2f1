import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { ScenarioListItem } from "../api/types/scenarios";
import { FilterChip } from "../ui/FilterBar";
import { useFormat } from "../ui/useFormat";
import type { ListState } from "../ui/useListState";
import { useTexts } from "./texts";

/** Filters that came with a link from another page: a range of days, a scenario, a tag, a borrower. */
export function LoanChips({ state }: { state: ListState }) {
  const say = useTexts();
  const { dpd_min: from, dpd_max: to, scenario, tag, borrower, channel, stood, stood_on: stoodOn, stands, stands_on: standsOn } = state.filters;
  const scenarios = useGet<PageOf<ScenarioListItem>>("/scenarios", { query: { size: 200 }, enabled: scenario !== undefined });
  const named = scenarios.data?.items.find((one) => String(one.id) === scenario || one.key === scenario)?.name ?? scenario;
  const { day } = useFormat();
  const bucket = (key: string) => say.known(`buckets.${key}`, key);
  const drop = (name: string) => () => state.setFilter(name, null);
  return (
    <>
      {from && <FilterChip onRemove={drop("dpd_min")}>{say("chips.from", { days: from })}</FilterChip>}
      {to && <FilterChip onRemove={drop("dpd_max")}>{say("chips.to", { days: to })}</FilterChip>}
      {named && <FilterChip onRemove={drop("scenario")}>{say("chips.scenario", { name: named })}</FilterChip>}
      {stood && stoodOn && <FilterChip onRemove={drop("stood")}>{say(stood === "outside" ? "chips.new" : "chips.stood", { bucket: bucket(stood), day: day(stoodOn) })}</FilterChip>}
      {stands && standsOn && <FilterChip onRemove={drop("stands")}>{say(stands === "outside" ? "chips.gone" : "chips.stands", { bucket: bucket(stands), day: day(standsOn) })}</FilterChip>}
      {tag && <FilterChip onRemove={drop("tag")}>{say("chips.tag", { tag })}</FilterChip>}
      {borrower && <FilterChip onRemove={drop("borrower")}>{say("chips.borrower")}</FilterChip>}
      {channel && <FilterChip onRemove={drop("channel")}>{say("chips.channel", { name: say.known(`channels.${channel}`, channel) })}</FilterChip>}
    </>
  );
}
