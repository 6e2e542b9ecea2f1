import { Button } from "@mantine/core";
import { api } from "../api/client";
import type { LoanFacts, Payment } from "../api/types/loans";
import { useRight } from "../app/me";
import { ask } from "../ui/confirm";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Instant, Money } from "../ui/Values";
import { useTexts } from "./texts";

function TakeBack({ payment }: { payment: Payment }) {
  const say = useTexts();
  const { money } = useFormat();
  const act = useAct((reason: string) => api.post<{ balance: number }>(`/payments/${payment.id}/reversal`, { reason }), {
    refresh: ["/loans", "/home", "/tasks"],
    done: (result) => say("payments.takenBackDone", { balance: money(result.balance) }),
  });
  const takeBack = async () => {
    const reason = await ask({
      title: say("payments.takeBackTitle", { amount: money(payment.amount) }),
      text: say("payments.takeBackText"),
      label: say("payments.takeBackReason"),
      action: say("payments.takeBack"),
      required: true,
      danger: true,
    });
    if (reason) act.mutate(reason);
  };
  return (
    <Button size="compact-sm" variant="default" loading={act.isPending} onClick={() => void takeBack()}>
      {say("payments.takeBack")}
    </Button>
  );
}

/** What was paid. Where the loan has its ledger here, a payment can be taken back. */
export function PaymentsTab({ loan, payments }: { loan: LoanFacts; payments: readonly Payment[] }) {
  const say = useTexts();
  const mayTakeBack = useRight("payment.reverse") && loan.servicing === "ledger";
  const columns: Column<Payment>[] = [
    { key: "at", title: say("payments.at"), card: "title", render: (row) => <Instant value={row.paid_at} /> },
    { key: "amount", title: say("payments.amount"), align: "right", card: "aside", render: (row) => <Money value={row.amount} full /> },
    { key: "source", title: say("payments.source"), render: (row) => say.known(`sources.${row.source}`, row.source) },
    { key: "id", title: say("payments.id"), maxWidth: 220, render: (row) => row.external_id },
  ];
  if (mayTakeBack || payments.some((one) => one.reversed_at)) {
    columns.push({
      key: "reversed",
      title: say("payments.state"),
      align: "right",
      render: (row) =>
        row.reversed_at ? (
          <Label tone="warn">
            {say("payments.takenBack")} <Instant value={row.reversed_at} />
          </Label>
        ) : (
          mayTakeBack && <TakeBack payment={row} />
        ),
    });
  }
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
