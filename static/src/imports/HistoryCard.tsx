import { useLocation, useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { ImportItem, Page as PageOf } from "../api/types";
import { useRight } from "../app/me";
import { Card } from "../ui/Page";
import { StateBadge } from "../ui/StateBadge";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Paging } from "../ui/table/Paging";
import { Label } from "../ui/Tone";
import { useListState } from "../ui/useListState";
import { Count, Instant } from "../ui/Values";
import { useTexts } from "./texts";

/** Every file that was brought in or tried, newest first. */
export function HistoryCard({ chosen }: { chosen: number | null }) {
  const say = useTexts();
  const mayRun = useRight("import.run");
  const go = useNavigate();
  const { search } = useLocation();
  const state = useListState({ filters: [], sort: "-started_at" });
  const list = useGet<PageOf<ImportItem>>("/imports", { query: state.query, keep: true, every: 5_000 });
  const columns: Column<ImportItem>[] = [
    { key: "file", title: say("columns.file"), card: "title", maxWidth: 280, render: (row) => row.file_name },
    { key: "kind", title: say("columns.kind"), render: (row) => say.known(`kinds.${row.kind}`) },
    {
      key: "state",
      title: say("columns.state"),
      card: "aside",
      render: (row) => (
        <>
          <StateBadge of="import" state={row.state} /> {row.dry_run && <Label>{say("columns.trial")}</Label>}
        </>
      ),
    },
    { key: "started", title: say("columns.started"), sort: "started_at", render: (row) => <Instant value={row.started_at} /> },
    { key: "actor", title: say("columns.actor"), render: (row) => row.actor },
    { key: "added", title: say("columns.added"), align: "right", render: (row) => <Count value={row.rows_added} /> },
    { key: "updated", title: say("columns.updated"), align: "right", render: (row) => <Count value={row.rows_updated} /> },
    { key: "wrong", title: say("columns.wrong"), align: "right", render: (row) => <Count value={row.rows_wrong} /> },
  ];
  return (
    <Card title={say("history")} flush>
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
        empty={
          <EmptyState compact title={say("empty")}>
            <p>{say(mayRun ? "emptyText" : "emptyReader")}</p>
          </EmptyState>
        }
      />
      {list.data && list.data.total > state.size && (
        <Paging total={list.data.total} page={state.page} size={state.size} onPage={state.setPage} onSize={state.setSize} />
      )}
    </Card>
  );
}
