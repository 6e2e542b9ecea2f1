import { Link } from "react-router";
import type { Inquiry } from "../api/types/inquiries";
import type { Column } from "../ui/table/columns";
import { Count, Instant, Money } from "../ui/Values";
import { InquiryState, Outcome } from "./InquiryState";
import { useTexts } from "./texts";

/** With an inquiry beside the list only what tells inquiries apart stays. */
export function useInquiryColumns(isNarrow: boolean): Column<Inquiry>[] {
  const say = useTexts();
  const all: Column<Inquiry>[] = [
    { key: "subject", title: say("columns.subject"), sort: "subject", card: "title", render: (row) => row.subject_title },
    { key: "loan", title: say("columns.loan"), sort: "loan", render: (row) => <Link to={`/loans/${row.loan.id}`}>{row.loan.external_id}</Link> },
    { key: "borrower", title: say("columns.borrower"), maxWidth: 200, render: (row) => row.borrower.name ?? "–" },
    { key: "state", title: say("columns.state"), sort: "state", card: "aside", render: (row) => <InquiryState state={row.state} /> },
    { key: "outcome", title: say("columns.outcome"), sort: "outcome", render: (row) => <Outcome inquiry={row} /> },
    { key: "answer", title: say("columns.answer"), maxWidth: 250, render: (row) => row.said ?? row.error_text ?? "–" },
    { key: "asked", title: say("columns.asked"), sort: "asked_at", render: (row) => <Instant value={row.asked_at} /> },
    { key: "answered", title: say("columns.answered"), sort: "answered_at", hidden: true, render: (row) => <Instant value={row.answered_at} /> },
    { key: "cost", title: say("columns.cost"), sort: "cost", align: "right", card: "none", render: (row) => <Money value={row.cost} full /> },
    { key: "provider", title: say("columns.provider"), hidden: true, maxWidth: 190, render: (row) => row.provider_title ?? "–" },
    { key: "by", title: say("columns.by"), hidden: true, render: (row) => row.asked_by ?? say("byScenario") },
    { key: "attempts", title: say("columns.attempts"), hidden: true, align: "right", card: "none", render: (row) => <Count value={row.attempts} /> },
  ];
  const kept = new Set(["subject", "loan", "state", "outcome", "asked"]);
  return isNarrow ? all.filter((column) => kept.has(column.key)) : all;
}
