import { IconStack2 } from "@tabler/icons-react";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { Job } from "../api/types/jobs";
import { useRight } from "../app/me";
import { Choices, ClearFilters, FilterBar } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { ColumnsMenu } from "../ui/table/ColumnsMenu";
import { ListTable } from "../ui/table/ListTable";
import { useColumns } from "../ui/table/useColumns";
import { useUiTexts } from "../ui/texts";
import { type ListState, useListState } from "../ui/useListState";
import { isActive } from "./JobProgress";
import { useTexts } from "./texts";
import { useJobColumns } from "./useJobColumns";

const ENDED = ["done", "failed", "cancelled"] as const;

function Filters({ state, seesAll }: { state: ListState; seesAll: boolean }) {
  const say = useTexts();
  const ui = useUiTexts();
  return (
    <>
      <Choices
        state={state}
        name="state"
        label={say("columns.state")}
        all={say("all")}
        choices={[
          { value: "queued,running", title: say("active") },
          ...ENDED.map((value) => ({ value, title: ui.known(`states.job.${value}`) })),
        ]}
      />
      {seesAll && (
        <Choices state={state} name="mine" label={say("whose")} all={say("everybody")} choices={[{ value: "true", title: say("mine") }]} />
      )}
      <ClearFilters state={state} />
    </>
  );
}

/** Long work that was asked for: how far it is, how it ended, and the files it made. */
export default function JobsPage() {
  const say = useTexts();
  const seesAll = useRight("job.all");
  const state = useListState({ filters: ["state", "mine"], sort: "-created_at" });
  const known = useGet<PageOf<Job>>("/jobs", { query: state.query, keep: true });
  const isGoing = known.data?.items.some(isActive) ?? false;
  const list = useGet<PageOf<Job>>("/jobs", { query: state.query, keep: true, every: isGoing ? 1_500 : 8_000 });
  const columns = useJobColumns(seesAll);
  const table = useColumns("jobs", columns);
  return (
    <Page title={say("title")} flush filter={<FilterBar end={<ColumnsMenu columns={columns} {...table} />}><Filters state={state} seesAll={seesAll} /></FilterBar>}>
      <ListTable
        label={say("title")}
        columns={table.shown}
        list={list}
        state={state}
        nothingFound={say("nothingFound")}
        empty={
          <EmptyState icon={IconStack2} title={say("empty")}>
            <p>{say("emptyText")}</p>
          </EmptyState>
        }
      />
    </Page>
  );
}
