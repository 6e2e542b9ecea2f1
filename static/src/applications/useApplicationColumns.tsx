import { Link } from "react-router";
import type { ApplicationItem } from "../api/types/applications";
import type { Column } from "../ui/table/columns";
import { Instant, Money } from "../ui/Values";
import { ApplicationState } from "./ApplicationState";
import { useTexts } from "./texts";

/** With an application beside the list only what tells applications apart stays. */
export function useApplicationColumns(isNarrow: boolean): Column<ApplicationItem>[] {
  const say = useTexts();
  const all: Column<ApplicationItem>[] = [
    { key: "borrower", title: say("columns.borrower"), sort: "borrower", card: "title", maxWidth: 190, render: (row) => row.borrower.name ?? "–" },
    { key: "state", title: say("columns.state"), sort: "state", card: "aside", render: (row) => <ApplicationState state={row.state} /> },
    { key: "principal", title: say("columns.principal"), sort: "principal", align: "right", render: (row) => <Money value={row.principal} full /> },
    { key: "term", title: say("columns.term"), sort: "term", align: "right", render: (row) => (row.unit ? say(`terms.${row.unit}`, { count: row.term }) : row.term) },
    { key: "product", title: say("columns.product"), sort: "product", maxWidth: 150, render: (row) => row.product.name },
    { key: "reason", title: say("columns.reason"), maxWidth: 190, render: (row) => row.reason ?? "–" },
    { key: "filed", title: say("columns.filed"), sort: "filed_at", render: (row) => <Instant value={row.filed_at} /> },
    { key: "by", title: say("columns.by"), sort: "filed_by", hidden: true, render: (row) => row.filed_by },
    { key: "loan", title: say("columns.loan"), sort: "loan", render: (row) => (row.loan ? <Link to={`/loans/${row.loan.id}`}>{row.loan.external_id}</Link> : "–") },
    { key: "decided", title: say("columns.decided"), sort: "decided_by", hidden: true, render: (row) => row.decided_by ?? "–" },
    { key: "confirmed", title: say("columns.confirmed"), hidden: true, render: (row) => row.confirmed_by ?? "–" },
    { key: "id", title: say("columns.id"), sort: "id", align: "right", hidden: true, render: (row) => row.id },
  ];
  const kept = new Set(["borrower", "state", "principal", "filed"]);
  return isNarrow ? all.filter((column) => kept.has(column.key)) : all;
}
