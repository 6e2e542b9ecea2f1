import { useLocation, useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { ImportItem } from "../api/types/imports";
import { useRight } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { Choices, ClearFilters, FilterBar, SearchInput } from "../ui/FilterBar";
import { Card } from "../ui/Page";
import { StateBadge } from "../ui/StateBadge";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Paging } from "../ui/table/Paging";
import { Label } from "../ui/Tone";
import { useUiTexts } from "../ui/texts";
import { useListState } from "../ui/useListState";
import { Count, Instant } from "../ui/Values";
import { useTexts } from "./texts";

const STATES = ["done", "refused", "failed", "cancelled"];

/** Every file that was brought in or tried, newest first. */
export function HistoryCard({ chosen }: { chosen: number | null }) {
  const say = useTexts();
  const ui = useUiTexts();
  const mayRun = useRight("import.run");
  const go = useNavigate();
  const { search } = useLocation();
  const state = useListState({ filters: ["state"], sort: "-started_at" });
  const list = useGet<PageOf<ImportItem>>("/imports", { query: state.query, keep: true, every: 5_000 });
  const columns: Column<ImportItem>[] = [
    { key: "file", title: say("columns.file"), sort: "file_name", card: "title", maxWidth: 280, render: (row) => row.file_name },
    { key: "kind", title: say("columns.kind"), sort: "kind", render: (row) => say.known(`kinds.${row.kind}`) },
    {
      key: "state",
      title: say("columns.state"),
      sort: "state",
      card: "aside",
      render: (row) => (
        <>
          <StateBadge of="import" state={row.state} /> {row.dry_run && <Label>{say("columns.trial")}</Label>}
        </>
      ),
    },
    { key: "started", title: say("columns.started"), sort: "started_at", render: (row) => <Instant value={row.started_at} /> },
    { key: "actor", title: say("columns.actor"), sort: "actor", render: (row) => row.actor },
    { key: "added", title: say("columns.added"), sort: "rows_added", align: "right", render: (row) => <Count value={row.rows_added} /> },
    { key: "updated", title: say("columns.updated"), sort: "rows_updated", align: "right", render: (row) => <Count value={row.rows_updated} /> },
    { key: "wrong", title: say("columns.wrong"), sort: "rows_wrong", align: "right", render: (row) => <Count value={row.rows_wrong} /> },
  ];
  return (
    <Card title={say("history")} flush>
      {(state.isNarrowed || (list.data && list.data.total > 0)) && (
        <FilterBar end={<ExportMenu path="/imports" query={state.query} total={list.data?.total} />}>
          <SearchInput state={state} label={say("search")} />
          <Choices
            state={state}
            name="state"
            label={say("columns.state")}
            all={say("all")}
            choices={STATES.map((value) => ({ value, title: ui.known(`states.import.${value}`) }))}
          />
          <ClearFilters state={state} />
        </FilterBar>
      )}
      <DataTable
        label={say("history")}
        columns={columns}
        rows={list.data?.items}
        rowKey={(row) => row.id}
        onOpen={(row) => void go({ pathname: `/imports/${row.id}`, search })}
        isSelected={(row) => row.id === chosen}
        sort={state.sort}
        onSort={state.toggleSort}
        error={list.error}
        onRetry={() => void list.refetch()}
        isStale={list.isPlaceholderData}
        empty={
          state.isNarrowed ? (
            <EmptyState compact title={say("nothingFound")} actions={<ClearFilters state={state} />} />
          ) : (
            <EmptyState compact title={say("empty")}>
              <p>{say(mayRun ? "emptyText" : "emptyReader")}</p>
            </EmptyState>
          )
        }
      />
      {list.data && list.data.total > state.size && (
        <Paging total={list.data.total} more={list.data.more} page={state.page} size={state.size} onPage={state.setPage} onSize={state.setSize} />
      )}
    </Card>
  );
}
