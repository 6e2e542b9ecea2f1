import { IconChecklist } from "@tabler/icons-react";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { TaskListItem } from "../api/types/tasks";
import { useMe, useRight } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { Choices, ClearFilters, FilterBar, FilterChip, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { ColumnsMenu } from "../ui/table/ColumnsMenu";
import { ListTable } from "../ui/table/ListTable";
import { useChosen } from "../ui/table/useChosen";
import { useColumns } from "../ui/table/useColumns";
import { useUiTexts } from "../ui/texts";
import { useAddress } from "../ui/useAddress";
import { useFormat } from "../ui/useFormat";
import { type ListState, useListState } from "../ui/useListState";
import { AssignMany } from "./AssignMany";
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
  const mayAssign = useRight("task.assign");
  const [search, put] = useAddress();
  const state = useListState({ filters: FILTERS, sort: "due_at", size: 50, ...(!search.has("loan") && { initial: WAITING }) });
  const opened = Number(search.get("task")) || null;
  const list = useGet<PageOf<TaskListItem>>("/tasks", { query: state.query, keep: true, every: 10_000 });
  const columns = useTaskColumns(opened !== null, state.filters.state);
  const table = useColumns("tasks", columns);
  const items = list.data?.items;
  const chosen = useChosen({ rows: items, state, name: (row) => row.title, mayChoose: (row) => row.state === "open" });

  /** The task after the opened one, for those who work through the list. */
  const next = () => {
    const at = items?.findIndex((one) => one.id === opened) ?? -1;
    put("task", items?.slice(at + 1).find((one) => one.state === "open")?.id ?? null);
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
      side={opened && <TaskPanel key={opened} taskId={opened} onClose={() => put("task", null)} onNext={next} />}
    >
      <ListTable
        label={say("title")}
        columns={mayAssign ? [chosen.column, ...table.shown] : table.shown}
        list={list}
        state={state}
        onOpen={(row) => put("task", row.id)}
        isSelected={(row) => row.id === opened}
        nothingFound={say("nothingFound")}
        empty={
          <EmptyState icon={IconChecklist} title={say("empty")}>
            <p>{say("emptyText")}</p>
          </EmptyState>
        }
      />
      {chosen.ids.length > 0 && <AssignMany ids={chosen.ids} onDone={chosen.clear} />}
    </Page>
  );
}
