import type { Instalment } from "../api/types/loans";
import { StateBadge } from "../ui/StateBadge";
import { EmptyState } from "../ui/states";
import { Label } from "../ui/Tone";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { DayText, Money } from "../ui/Values";
import { useTexts } from "./texts";

export function ScheduleTab({ instalments }: { instalments: readonly Instalment[] }) {
  const say = useTexts();
  const columns: Column<Instalment>[] = [
    { key: "number", title: say("schedule.number"), render: (row) => row.number },
    { key: "due", title: say("schedule.due"), card: "title", render: (row) => <DayText value={row.due_on} /> },
    { key: "amount", title: say("schedule.amount"), align: "right", render: (row) => <Money value={row.amount} full /> },
    { key: "principal", title: say("schedule.principal"), align: "right", render: (row) => <Money value={row.principal} full /> },
    { key: "paid", title: say("schedule.paid"), align: "right", render: (row) => <Money value={row.paid} full /> },
    { key: "paidOn", title: say("schedule.paidOn"), render: (row) => <DayText value={row.paid_on} /> },
    { key: "state", title: say("schedule.state"), card: "aside", render: (row) => (row.state === "grace" ? <Label tone="warn">{say("schedule.grace")}</Label> : <StateBadge of="instalment" state={row.state} />) },
  ];
  return (
    <DataTable
      label={say("tabs.schedule")}
      columns={columns}
      rows={instalments}
      rowKey={(row) => row.number}
      empty={
        <EmptyState compact title={say("schedule.empty")}>
          <p>{say("schedule.emptyText")}</p>
        </EmptyState>
      }
    />
  );
}
