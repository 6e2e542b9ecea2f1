import { Link } from "react-router";
import type { LoanListItem } from "../api/types/loans";
import { Bucket } from "../ui/Bucket";
import { StateBadge } from "../ui/StateBadge";
import type { Column } from "../ui/table/columns";
import { useRegionName } from "../regions/texts";
import { Count, DayText, Money } from "../ui/Values";
import { useTexts } from "./texts";

export function useLoanColumns(): Column<LoanListItem>[] {
  const say = useTexts();
  const regionName = useRegionName();
  return [
    {
      key: "loan",
      title: say("columns.loan"),
      sort: "external_id",
      card: "title",
      render: (row) => <Link to={`/loans/${row.id}`}>{row.external_id}</Link>,
    },
    { key: "borrower", title: say("columns.borrower"), sort: "borrower", maxWidth: 220, render: (row) => row.borrower.name ?? say("hidden") },
    { key: "product", title: say("columns.product"), sort: "product", maxWidth: 160, render: (row) => row.product.name },
    { key: "bucket", title: say("columns.bucket"), sort: "bucket", render: (row) => <Bucket bucket={row.bucket} title={say.known(`buckets.${row.bucket}`, row.bucket)} /> },
    { key: "dpd", title: say("columns.dpd"), sort: "dpd", align: "right", render: (row) => <Count value={row.dpd} /> },
    {
      key: "overdue",
      title: say("columns.overdue"),
      sort: "overdue",
      align: "right",
      card: "aside",
      render: (row) => (
        <strong>
          <Money value={row.overdue} />
        </strong>
      ),
    },
    { key: "balance", title: say("columns.balance"), sort: "balance", align: "right", render: (row) => <Money value={row.balance} /> },
    { key: "principal", title: say("columns.principal"), sort: "principal", align: "right", hidden: true, render: (row) => <Money value={row.principal} /> },
    { key: "nextOn", title: say("columns.nextOn"), sort: "next_due_on", hidden: true, render: (row) => <DayText value={row.next_due_on} /> },
    { key: "nextAmount", title: say("columns.nextAmount"), sort: "next_due_amount", align: "right", hidden: true, render: (row) => <Money value={row.next_due_amount} /> },
    { key: "lastPayment", title: say("columns.lastPayment"), sort: "last_payment_on", render: (row) => <DayText value={row.last_payment_on} /> },
    { key: "region", title: say("columns.region"), sort: "region", maxWidth: 170, card: "none", hidden: true, render: (row) => regionName(row.region) },
    { key: "channel", title: say("columns.channel"), sort: "channel", hidden: true, render: (row) => (row.channel ? say.known(`channels.${row.channel}`, row.channel) : "–") },
    { key: "cases", title: say("columns.cases"), align: "right", render: (row) => <Count value={row.active_cases} /> },
    { key: "state", title: say("columns.state"), sort: "state", card: "none", render: (row) => <StateBadge of="loan" state={row.state} /> },
  ];
}
