import { Link } from "react-router";
import type { IncomingItem } from "../api/types/incoming";
import type { Column } from "../ui/table/columns";
import { Instant } from "../ui/Values";
import { IncomingState } from "./IncomingState";
import { useTexts } from "./texts";
import { useSum } from "./useSum";

/** With a payment beside the list only what tells payments apart stays. */
export function useIncomingColumns(isNarrow: boolean): Column<IncomingItem>[] {
  const say = useTexts();
  const sum = useSum();
  const all: Column<IncomingItem>[] = [
    { key: "amount", title: say("columns.amount"), sort: "amount", align: "right", card: "title", render: sum },
    { key: "state", title: say("columns.state"), sort: "state", card: "aside", render: (row) => <IncomingState state={row.state} /> },
    { key: "source", title: say("columns.source"), sort: "source", maxWidth: 170, render: (row) => row.source_title },
    { key: "kind", title: say("columns.kind"), sort: "kind", hidden: true, render: (row) => say.known(`kinds.${row.kind}`) },
    { key: "reason", title: say("columns.reason"), sort: "reason", maxWidth: 240, render: (row) => row.reason_text ?? "–" },
    { key: "named", title: say("columns.named"), maxWidth: 190, render: (row) => row.named.join(", ") || "–" },
    { key: "loan", title: say("columns.loan"), sort: "loan", render: (row) => (row.loan ? <Link to={`/loans/${row.loan.id}`}>{row.loan.external_id}</Link> : "–") },
    { key: "received", title: say("columns.received"), sort: "received_at", render: (row) => <Instant value={row.received_at} /> },
    { key: "number", title: say("columns.number"), sort: "external_id", maxWidth: 190, render: (row) => row.external_id },
    { key: "paid", title: say("columns.paid"), sort: "paid_at", hidden: true, render: (row) => <Instant value={row.paid_at} /> },
    { key: "by", title: say("columns.by"), hidden: true, render: (row) => row.settled_by ?? "–" },
  ];
  const kept = new Set(["amount", "state", "reason", "received"]);
  return isNarrow ? all.filter((column) => kept.has(column.key)) : all;
}
