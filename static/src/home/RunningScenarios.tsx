import { Button } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import type { Home } from "../api/types/home";
import { Card } from "../ui/Page";
import { Sparkline } from "../ui/Sparkline";
import { StateBadge } from "../ui/StateBadge";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Count, Money } from "../ui/Values";
import { useFormat } from "../ui/useFormat";
import classes from "./Home.module.css";
import { useTexts } from "./texts";

type Row = Home["scenarios"][number];

/** The scenarios that move loans now, with what they brought in. */
export function RunningScenarios({ scenarios }: { scenarios: readonly Row[] }) {
  const say = useTexts();
  const { percent } = useFormat();
  const go = useNavigate();
  const columns: Column<Row>[] = [
    { key: "name", title: say("scenarios.name"), card: "title", render: (row) => <Link to={`/scenarios/${row.id}`}>{row.name}</Link> },
    { key: "state", title: say("scenarios.state"), card: "aside", render: (row) => <StateBadge of="scenario" state={row.state} /> },
    { key: "active", title: say("scenarios.active"), align: "right", render: (row) => <Count value={row.active_cases} /> },
    { key: "entered", title: say("scenarios.entered"), align: "right", render: (row) => <Count value={row.entered_30d} /> },
    {
      key: "paid",
      title: say("scenarios.paid"),
      align: "right",
      render: (row) => (
        <>
          <Count value={row.paid_30d_cases} />
          {row.entered_30d > 0 && <span className="ks-muted"> · {percent(row.paid_30d_cases / row.entered_30d)}</span>}
        </>
      ),
    },
    { key: "amount", title: say("scenarios.amount"), align: "right", render: (row) => <Money value={row.paid_30d_amount} /> },
    {
      key: "line",
      title: say("scenarios.line"),
      card: "none",
      render: (row) => <Sparkline values={row.sparkline} label={say("scenarios.lineOf", { name: row.name })} />,
    },
  ];
  return (
    <Card className={classes.full} title={say("scenarios.title")} aside={<Link to="/scenarios">{say("scenarios.all")}</Link>} flush>
      <DataTable
        label={say("scenarios.title")}
        columns={columns}
        rows={scenarios}
        rowKey={(row) => row.id}
        onOpen={(row) => void go(`/scenarios/${row.id}`)}
        empty={
          <EmptyState
            compact
            title={say("scenarios.empty")}
            actions={
              <Button component={Link} to="/scenarios?new=1">
                {say("scenarios.first")}
              </Button>
            }
          >
            <p>{say("scenarios.emptyText")}</p>
          </EmptyState>
        }
      />
    </Card>
  );
}
