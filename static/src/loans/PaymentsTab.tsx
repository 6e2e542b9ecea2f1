import type { Payment } from "../api/types/loans";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Instant, Money } from "../ui/Values";
import { useTexts } from "./texts";

export function PaymentsTab({ payments }: { payments: readonly Payment[] }) {
  const say = useTexts();
  const columns: Column<Payment>[] = [
    { key: "at", title: say("payments.at"), card: "title", render: (row) => <Instant value={row.paid_at} /> },
    { key: "amount", title: say("payments.amount"), align: "right", card: "aside", render: (row) => <Money value={row.amount} full /> },
    { key: "source", title: say("payments.source"), render: (row) => say.known(`sources.${row.source}`, row.source) },
    { key: "id", title: say("payments.id"), maxWidth: 220, render: (row) => row.external_id },
  ];
  return (
    <DataTable
      label={say("tabs.payments")}
      columns={columns}
      rows={payments}
      rowKey={(row) => row.id}
      empty={<EmptyState compact title={say("payments.empty")} />}
    />
  );
}
