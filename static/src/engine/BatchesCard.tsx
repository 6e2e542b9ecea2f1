import { Link } from "react-router";
import type { EngineBatch } from "../api/types/engine";
import { Card } from "../ui/Page";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Label } from "../ui/Tone";
import { useUiTexts } from "../ui/texts";
import { useFormat } from "../ui/useFormat";
import { Count, Instant } from "../ui/Values";
import classes from "./Engine.module.css";
import { useTexts } from "./texts";

/** The newest transactions of the engine. */
export function BatchesCard({ batches }: { batches: readonly EngineBatch[] }) {
  const say = useTexts();
  const ui = useUiTexts();
  const { number } = useFormat();
  const columns: Column<EngineBatch>[] = [
    { key: "at", title: say("batches.at"), card: "title", render: (row) => <Instant value={row.at} /> },
    { key: "kind", title: say("batches.kind"), render: (row) => ui.known(`states.batch.${row.kind}`) },
    {
      key: "scenario",
      title: say("batches.scenario"),
      maxWidth: 260,
      render: (row) => (row.scenario ? <Link to={`/scenarios/${row.scenario.id}`}>{row.scenario.name}</Link> : "–"),
    },
    { key: "cases", title: say("batches.cases"), align: "right", render: (row) => <Count value={row.cases} /> },
    { key: "messages", title: say("batches.messages"), align: "right", render: (row) => <Count value={row.messages} /> },
    {
      key: "time",
      title: say("batches.time"),
      align: "right",
      render: (row) => (row.micros === null ? "–" : say("batches.ms", { ms: number(row.micros / 1000, row.micros < 10_000 ? 1 : 0) })),
    },
    { key: "error", title: say("batches.error"), maxWidth: 260, render: (row) => (row.error ? <Label tone="bad" title={row.error}>{row.error}</Label> : "–") },
  ];
  return (
    <Card className={classes.full} title={say("batches.title")} flush>
      <DataTable
        label={say("batches.title")}
        columns={columns}
        rows={batches}
        rowKey={(row) => row.id}
        empty={
          <EmptyState compact title={say("batches.empty")}>
            <p>{say("batches.emptyText")}</p>
          </EmptyState>
        }
      />
    </Card>
  );
}
