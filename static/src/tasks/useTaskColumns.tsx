import type { TaskListItem } from "../api/types/tasks";
import { StateBadge } from "../ui/StateBadge";
import type { Column } from "../ui/table/columns";
import { Label } from "../ui/Tone";
import { Count, Instant, Money } from "../ui/Values";
import { useTexts } from "./texts";

function Due({ row }: { row: TaskListItem }) {
  const isLate = row.state === "open" && row.due_at !== null && Date.parse(row.due_at) < Date.now();
  if (!isLate) return <Instant value={row.due_at} />;
  return (
    <Label tone="bad">
      <Instant value={row.due_at} />
    </Label>
  );
}

/** With a card beside the list only what tells tasks apart stays; a list of one state does not repeat it. */
export function useTaskColumns(isNarrow: boolean, state: string | undefined): Column<TaskListItem>[] {
  const say = useTexts();
  const all: Column<TaskListItem>[] = [
    { key: "title", title: say("columns.title"), sort: "title", card: "title", maxWidth: 280, render: (row) => row.title },
    { key: "due", title: say("columns.due"), sort: "due_at", card: "aside", render: (row) => <Due row={row} /> },
    { key: "borrower", title: say("columns.borrower"), sort: "borrower", maxWidth: 200, render: (row) => row.borrower.name ?? say("hidden") },
    { key: "loan", title: say("columns.loan"), sort: "loan", render: (row) => row.loan.external_id },
    { key: "overdue", title: say("columns.overdue"), sort: "overdue", align: "right", render: (row) => <Money value={row.loan.overdue} /> },
    { key: "dpd", title: say("columns.dpd"), sort: "dpd", align: "right", render: (row) => <Count value={row.loan.dpd} /> },
    { key: "queue", title: say("columns.queue"), sort: "queue", render: (row) => row.queue },
    { key: "priority", title: say("columns.priority"), sort: "priority", align: "right", card: "none", render: (row) => row.priority },
    { key: "assignee", title: say("columns.assignee"), sort: "assignee", render: (row) => row.assignee ?? <span className="ks-muted">{say("whose.nobody")}</span> },
    { key: "state", title: say("columns.state"), sort: "state", hidden: state !== undefined, render: (row) => <StateBadge of="task" state={row.state} /> },
    { key: "result", title: say("result"), hidden: state === "open", maxWidth: 180, render: (row) => row.result ?? <span className="ks-muted">–</span> },
    { key: "created", title: say("columns.created"), sort: "created_at", hidden: true, render: (row) => <Instant value={row.created_at} /> },
    { key: "closed", title: say("columns.closed"), sort: "closed_at", hidden: true, render: (row) => <Instant value={row.closed_at} /> },
  ];
  const kept = new Set(["title", "due", "borrower", "overdue", "state"]);
  return isNarrow ? all.filter((column) => kept.has(column.key)) : all;
}
