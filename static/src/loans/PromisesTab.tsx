import type { PaymentPromise } from "../api/types/loans";
import { StateBadge } from "../ui/StateBadge";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { DayText, Instant, Money } from "../ui/Values";
import { useTexts } from "./texts";

export function PromisesTab({ promises }: { promises: readonly PaymentPromise[] }) {
  const say = useTexts();
  const columns: Column<PaymentPromise>[] = [
    { key: "due", title: say("promises.due"), card: "title", render: (row) => <DayText value={row.due_on} /> },
    { key: "amount", title: say("promises.amount"), align: "right", render: (row) => <Money value={row.amount} full /> },
    { key: "given", title: say("promises.given"), render: (row) => <Instant value={row.given_at} /> },
    { key: "decided", title: say("promises.decided"), render: (row) => <Instant value={row.decided_at} /> },
    { key: "state", title: say("promises.state"), card: "aside", render: (row) => <StateBadge of="promise" state={row.state} /> },
  ];
  return (
    <DataTable
      label={say("tabs.promises")}
      columns={columns}
      rows={promises}
      rowKey={(row) => row.id}
      empty={
        <EmptyState compact title={say("promises.empty")}>
          <p>{say("promises.emptyText")}</p>
        </EmptyState>
      }
    />
  );
}
