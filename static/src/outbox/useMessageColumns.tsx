import { Link } from "react-router";
import type { MessageItem } from "../api/types/outbox";
import { Label } from "../ui/Tone";
import type { Column } from "../ui/table/columns";
import { useUiTexts } from "../ui/texts";
import { useFormat } from "../ui/useFormat";
import { Count, Instant } from "../ui/Values";
import { MessageState } from "./MessageState";
import { useTexts } from "./texts";

function StateAndDoubt({ row }: { row: MessageItem }) {
  const say = useTexts();
  return (
    <>
      <MessageState state={row.state} /> {row.uncertain_at && <Label tone="warn">{say("twice")}</Label>}
    </>
  );
}

/** With a message beside the list only what tells messages apart stays; of those that reached nobody the reason counts. */
export function useMessageColumns(isNarrow: boolean, isDead: boolean): Column<MessageItem>[] {
  const say = useTexts();
  const ui = useUiTexts();
  const { money } = useFormat();
  const all: Column<MessageItem>[] = [
    { key: "channel", title: say("columns.channel"), sort: "channel", card: "title", render: (row) => ui.known(`channels.${row.channel}`) },
    { key: "state", title: say("columns.state"), sort: "state", card: "aside", render: (row) => <StateAndDoubt row={row} /> },
    { key: "recipient", title: say("columns.recipient"), render: (row) => row.recipient ?? "–" },
    { key: "loan", title: say("columns.loan"), sort: "loan", render: (row) => <Link to={`/loans/${row.loan.id}`}>{row.loan.external_id}</Link> },
    { key: "scenario", title: say("columns.scenario"), sort: "scenario", maxWidth: 200, render: (row) => row.scenario.name },
    { key: "node", title: say("columns.node"), maxWidth: 180, render: (row) => row.node.label ?? "–" },
    { key: "queued", title: say("columns.queued"), sort: "queued_at", render: (row) => <Instant value={row.queued_at} /> },
    { key: "error", title: say("columns.error"), hidden: !isDead, maxWidth: 190, render: (row) => row.error ?? "–" },
    { key: "sent", title: say("columns.sent"), sort: "sent_at", hidden: isDead, render: (row) => <Instant value={row.sent_at} /> },
    { key: "due", title: say("columns.due"), sort: "due_at", hidden: true, render: (row) => <Instant value={row.due_at} /> },
    { key: "attempts", title: say("columns.attempts"), sort: "attempts", align: "right", card: "none", hidden: true, render: (row) => <Count value={row.attempts} /> },
    { key: "connector", title: say("columns.connector"), sort: "connector", card: "none", render: (row) => row.through },
    { key: "told", title: say("columns.told"), hidden: true, render: (row) => <Instant value={row.told_at} /> },
    { key: "cost", title: say("columns.cost"), sort: "cost", align: "right", card: "none", hidden: true, render: (row) => (row.cost === null ? "–" : money(row.cost)) },
  ];
  const kept = new Set(["channel", "state", "recipient", "loan", "queued"]);
  return isNarrow ? all.filter((column) => kept.has(column.key)) : all;
}
