import { Button } from "@mantine/core";
import { Link } from "react-router";
import { api } from "../api/client";
import type { SetAsideCase } from "../api/types/engine";
import { useRight } from "../app/me";
import { Card } from "../ui/Page";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { useAct } from "../ui/useAct";
import { Instant } from "../ui/Values";
import classes from "./Engine.module.css";
import { useTexts } from "./texts";

function Retry({ caseId }: { caseId: number }) {
  const say = useTexts();
  const mayRetry = useRight("engine.retry");
  const retry = useAct(() => api.post(`/engine/retry/${caseId}`), { refresh: ["/engine"], done: say("errors.retried") });
  if (!mayRetry) return null;
  return (
    <Button size="compact-sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
      {say("errors.retry")}
    </Button>
  );
}

/** Cases that could not go on; the others went on without them. */
export function ErrorsCard({ errors }: { errors: readonly SetAsideCase[] }) {
  const say = useTexts();
  const columns: Column<SetAsideCase>[] = [
    { key: "loan", title: say("errors.loan"), card: "title", render: (row) => <Link to={`/loans/${row.loan_id}?tab=cases`}>{row.loan_external_id}</Link> },
    { key: "scenario", title: say("errors.scenario"), maxWidth: 220, render: (row) => row.scenario.name },
    {
      key: "node",
      title: say("errors.node"),
      render: (row) =>
        row.node.key ? <Link to={`/versions/${row.version_id}?node=${encodeURIComponent(row.node.key)}`}>{row.node.label || row.node.key}</Link> : "–",
    },
    { key: "error", title: say("errors.error"), maxWidth: 420, render: (row) => <span title={row.error ?? ""}>{row.error ?? "–"}</span> },
    { key: "at", title: say("errors.at"), render: (row) => <Instant value={row.failed_at} /> },
    { key: "retry", title: "", align: "right", card: "aside", render: (row) => <Retry caseId={row.case_id} /> },
  ];
  return (
    <Card className={classes.full} title={say("errors.title")} flush>
      <DataTable label={say("errors.title")} columns={columns} rows={errors} rowKey={(row) => row.case_id} empty={null} />
    </Card>
  );
}
