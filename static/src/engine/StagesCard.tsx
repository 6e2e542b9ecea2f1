import type { EngineStage } from "../api/types/engine";
import { Card } from "../ui/Page";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { useFormat } from "../ui/useFormat";
import { Count } from "../ui/Values";
import classes from "./Engine.module.css";
import { useTexts } from "./texts";

/** What each stage of the tick did in 24 hours, and how fast. */
export function StagesCard({ stages }: { stages: readonly EngineStage[] }) {
  const say = useTexts();
  const { number, span } = useFormat();
  const milliseconds = (micros: number) => say("batches.ms", { ms: number(micros / 1000, micros < 10_000 ? 1 : 0) });
  const columns: Column<EngineStage>[] = [
    { key: "stage", title: say("stages.stage"), card: "title", render: (row) => say.known(`stages.of.${row.stage}`) },
    { key: "batches", title: say("stages.batches"), align: "right", render: (row) => <Count value={row.batches} /> },
    { key: "cases", title: say("batches.cases"), align: "right", render: (row) => <Count value={row.cases} /> },
    { key: "messages", title: say("batches.messages"), align: "right", render: (row) => <Count value={row.messages} /> },
    { key: "time", title: say("day.time"), align: "right", render: (row) => (row.micros === 0 ? "–" : row.micros >= 1e6 ? span(row.micros / 1e6) : milliseconds(row.micros)) },
    {
      key: "speed",
      title: say("stages.speed"),
      align: "right",
      render: (row) => (row.cases > 0 && row.micros > 0 ? number(row.cases / (row.micros / 1e6), 0) : "–"),
    },
    { key: "slowest", title: say("stages.slowest"), align: "right", render: (row) => (row.slowest_micros > 0 ? milliseconds(row.slowest_micros) : "–") },
  ];
  return (
    <Card className={classes.full} title={say("stages.title")} flush>
      <DataTable label={say("stages.title")} columns={columns} rows={stages} rowKey={(row) => row.stage} empty={null} />
    </Card>
  );
}
