import { Link } from "react-router";
import type { TaskListItem } from "../api/types/tasks";
import { StateBadge } from "../ui/StateBadge";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Instant } from "../ui/Values";
import { useTexts } from "./texts";

export function TasksTab({ tasks }: { tasks: readonly TaskListItem[] }) {
  const say = useTexts();
  const columns: Column<TaskListItem>[] = [
    { key: "title", title: say("tasks.task"), card: "title", render: (row) => <Link to={`/tasks?task=${row.id}`}>{row.title}</Link> },
    { key: "created", title: say("tasks.created"), render: (row) => <Instant value={row.created_at} /> },
    { key: "due", title: say("tasks.due"), render: (row) => <Instant value={row.due_at} /> },
    { key: "result", title: say("tasks.result"), render: (row) => row.result ?? "–" },
    { key: "who", title: say("tasks.who"), render: (row) => row.closed_by ?? row.assignee ?? "–" },
    { key: "state", title: say("tasks.state"), card: "aside", render: (row) => <StateBadge of="task" state={row.state} /> },
  ];
  return (
    <DataTable
      label={say("tabs.tasks")}
      columns={columns}
      rows={tasks}
      rowKey={(row) => row.id}
      empty={<EmptyState compact title={say("tasks.empty")} />}
    />
  );
}
