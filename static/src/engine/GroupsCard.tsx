import { Button } from "@mantine/core";
import { Link } from "react-router";
import { api } from "../api/client";
import type { Retried, SetAsideGroup } from "../api/types/engine";
import { useRight } from "../app/me";
import { Card } from "../ui/Page";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Count, Instant } from "../ui/Values";
import classes from "./Engine.module.css";
import { useTexts } from "./texts";

function RetryAll({ group }: { group: SetAsideGroup }) {
  const say = useTexts();
  const { number } = useFormat();
  const mayRetry = useRight("engine.retry");
  const { version_id, node_id, error } = group;
  const retry = useAct(() => api.post<Retried>("/engine/retry", { version_id, node_id, error }), {
    refresh: ["/engine"],
    done: (result) =>
      (["retried", "busy", "unfit"] as const)
        .filter((what) => what === "retried" || result[what] > 0)
        .map((what) => say(`groups.${what}`, { count: result[what], n: number(result[what]) }))
        .join(" "),
  });
  if (!mayRetry) return null;
  return (
    <Button size="compact-sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
      {say("groups.retry")}
    </Button>
  );
}

/** Cases set aside, put together by step and reason: what is mended once is retried at once. */
export function GroupsCard({ groups }: { groups: readonly SetAsideGroup[] }) {
  const say = useTexts();
  if (groups.length === 0) return null;
  const columns: Column<SetAsideGroup>[] = [
    { key: "error", title: say("errors.error"), card: "title", maxWidth: 420, render: (row) => <span title={row.error}>{row.error || "–"}</span> },
    { key: "cases", title: say("groups.cases"), align: "right", render: (row) => <Count value={row.cases} /> },
    { key: "scenario", title: say("errors.scenario"), maxWidth: 220, render: (row) => row.scenario.name },
    {
      key: "node",
      title: say("errors.node"),
      render: (row) =>
        row.node.key ? <Link to={`/versions/${row.version_id}?node=${encodeURIComponent(row.node.key)}`}>{row.node.label || row.node.key}</Link> : "–",
    },
    { key: "first", title: say("groups.first"), render: (row) => <Instant value={row.first_at} /> },
    { key: "last", title: say("groups.last"), render: (row) => <Instant value={row.last_at} /> },
    { key: "retry", title: "", align: "right", card: "aside", render: (row) => <RetryAll group={row} /> },
  ];
  return (
    <Card className={classes.full} title={say("groups.title")} flush>
      <div id="set-aside">
        <DataTable
          label={say("groups.title")}
          columns={columns}
          rows={groups}
          rowKey={(row) => `${row.version_id}-${row.node_id}-${row.error}`}
          empty={null}
        />
      </div>
    </Card>
  );
}
