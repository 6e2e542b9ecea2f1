import { IconChecklist } from "@tabler/icons-react";
import { useSearchParams } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { TaskListItem } from "../api/types/tasks";
import { useMe } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { Choices, ClearFilters, FilterBar, FilterChip, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { ColumnsMenu } from "../ui/table/ColumnsMenu";
import { DataTable } from "../ui/table/DataTable";
import { Paging } from "../ui/table/Paging";
import { useColumns } from "../ui/table/useColumns";
import { useUiTexts } from "../ui/texts";
import { useFormat } from "../ui/useFormat";
import { type ListState, useListState } from "../ui/useListState";
import { TaskPanel } from "./TaskPanel";
import { useTexts } from "./texts";
import { useTaskColumns } from "./useTaskColumns";

const STATES = ["open", "done", "expired", "cancelled"];
const FILTERS = ["state", "queue", "assignee", "overdue", "loan"];
/** What waits for somebody comes first. */
const WAITING = { state: "open" };

function Filters({ state }: { state: ListState }) {
  const say = useTexts();
  const ui = useUiTexts();
  const { rights, user } = useMe();
  const { assignee, queue, loan } = state.filters;
  const isNamed = assignee !== undefined && assignee !== "me" && assignee !== "none";
  return (
    <>
      <SearchInput state={state} label={say("search")} />
      <Choices
        state={state}
        name="state"
        label={say("columns.state")}
        all={say("all")}
        choices={STATES.map((value) => ({ value, title: ui.known(`states.task.${value}`) }))}
      />
      {rights.includes("task.work") && (
        <Choices
          state={state}
          name="assignee"
          label={say("whose.title")}
          choices={[
            { value: "me", title: say("whose.mine") },
            { value: "none", title: say("whose.free") },
          ]}
        />
      )}
      <Choices state={state} name="overdue" label={say("late.title")} choices={[{ value: "true", title: say("late.only") }]} />
      {isNamed && assignee !== user.name && <FilterChip onRemove={() => state.setFilter("assignee", null)}>{assignee}</FilterChip>}
      {queue && <FilterChip onRemove={() => state.setFilter("queue", null)}>{say("queueChip", { queue })}</FilterChip>}
      {loan && <FilterChip onRemove={() => state.setFilter("loan", null)}>{say("loanChip")}</FilterChip>}
      <ClearFilters state={state} />
    </>
  );
}

/** The work of operators: the list, and the chosen task beside it. */
export default function TasksPage() {
  const say = useTexts();
  const { number } = useFormat();
  const [search, setSearch] = useSearchParams();
  const state = useListState({ filters: FILTERS, sort: "due_at", size: 50, ...(!search.has("loan") && { initial: WAITING }) });
  const chosen = Number(search.get("task")) || null;
  const list = useGet<PageOf<TaskListItem>>("/tasks", { query: state.query, keep: true, every: 10_000 });
  const columns = useTaskColumns(chosen !== null, state.filters.state);
  const table = useColumns("tasks", columns);
  const items = list.data?.items;

  const choose = (id: number | null) =>
    setSearch((former) => {
      const next = new URLSearchParams(former);
      if (id) next.set("task", String(id));
      else next.delete("task");
      return next;
    });
  /** The task after the chosen one, for those who work through the list. */
  const next = () => {
    const at = items?.findIndex((one) => one.id === chosen) ?? -1;
    choose(items?.slice(at + 1).find((one) => one.state === "open")?.id ?? null);
  };

  return (
    <Page
      title={say("title")}
      flush
      state={list.data && <span className="ks-muted">{say("count", { count: list.data.total, n: number(list.data.total) })}</span>}
      filter={
        <FilterBar
          end={
            <>
              <ColumnsMenu columns={columns} {...table} />
              <ExportMenu path="/tasks" query={state.query} total={list.data?.total} />
            </>
          }
        >
          <Filters state={state} />
        </FilterBar>
      }
      side={chosen && <TaskPanel key={chosen} taskId={chosen} onClose={() => choose(null)} onNext={next} />}
    >
      <DataTable
        label={say("title")}
        columns={table.shown}
        rows={items}
        rowKey={(row) => row.id}
        onOpen={(row) => choose(row.id)}
        isSelected={(row) => row.id === chosen}
        sort={state.sort}
        onSort={state.toggleSort}
        error={list.error}
        onRetry={() => void list.refetch()}
        isStale={list.isPlaceholderData}
        empty={
          state.isNarrowed ? (
            <EmptyState title={say("nothingFound")} actions={<ClearFilters state={state} />} />
          ) : (
            <EmptyState icon={IconChecklist} title={say("empty")}>
              <p>{say("emptyText")}</p>
            </EmptyState>
          )
        }
      />
      {list.data && list.data.total > 0 && (
        <Paging total={list.data.total} page={state.page} size={state.size} onPage={state.setPage} onSize={state.setSize} />
      )}
    </Page>
  );
}
