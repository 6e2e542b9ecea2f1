import { Link } from "react-router";
import type { NewsDelivery } from "../api/types/webhooks";
import { StateBadge } from "../ui/StateBadge";
import type { Column } from "../ui/table/columns";
import { Count, Instant } from "../ui/Values";
import { answerOf, useOutcome } from "./naming";
import { useTexts } from "./texts";

/** With a delivery beside the list only what tells deliveries apart stays. */
export function useDeliveryColumns(isNarrow: boolean): Column<NewsDelivery>[] {
  const say = useTexts();
  const outcome = useOutcome();
  const all: Column<NewsDelivery>[] = [
    { key: "kind", title: say("columns.kind"), sort: "kind", card: "title", render: (row) => row.title },
    { key: "state", title: say("columns.state"), sort: "state", card: "aside", render: (row) => <StateBadge of="message" state={row.state} /> },
    { key: "outcome", title: say("columns.outcome"), render: (row) => outcome(row.outcome) },
    {
      key: "loan",
      title: say("columns.loan"),
      sort: "loan",
      render: (row) => (row.loan ? <Link to={`/loans/${row.loan.id}`}>{row.loan.external_id}</Link> : "–"),
    },
    { key: "subscription", title: say("columns.subscription"), sort: "subscription", maxWidth: 190, render: (row) => row.subscription.name },
    { key: "happened", title: say("columns.happened"), sort: "happened_at", render: (row) => <Instant value={row.happened_at} /> },
    { key: "sent", title: say("columns.sent"), sort: "sent_at", render: (row) => <Instant value={row.sent_at} /> },
    { key: "answer", title: say("columns.answer"), maxWidth: 260, render: (row) => answerOf(row) ?? "–" },
    { key: "attempts", title: say("columns.attempts"), sort: "attempts", align: "right", card: "none", hidden: true, render: (row) => <Count value={row.attempts} /> },
    { key: "due", title: say("columns.due"), sort: "due_at", hidden: true, render: (row) => <Instant value={row.due_at} /> },
    { key: "key", title: say("columns.key"), hidden: true, maxWidth: 190, render: (row) => row.key },
  ];
  const kept = new Set(["kind", "state", "loan", "happened"]);
  return isNarrow ? all.filter((column) => kept.has(column.key)) : all;
}
