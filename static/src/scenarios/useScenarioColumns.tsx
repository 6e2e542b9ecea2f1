import { Link } from "react-router";
import type { ScenarioListItem } from "../api/types/scenarios";
import { Sparkline } from "../ui/Sparkline";
import { StateBadge } from "../ui/StateBadge";
import type { Column } from "../ui/table/columns";
import { Label } from "../ui/Tone";
import { useFormat } from "../ui/useFormat";
import { Count, Instant, Money } from "../ui/Values";
import { ScenarioActions } from "./ScenarioActions";
import classes from "./Scenarios.module.css";
import { useTexts } from "./texts";

interface Wish {
  /** The versions stand beside the list. */
  isNarrow: boolean;
  onVersions: (id: number) => void;
  onCopy: (id: number) => void;
}

function Name({ row }: { row: ScenarioListItem }) {
  const say = useTexts();
  return (
    <div className={classes.name}>
      <Link to={`/scenarios/${row.id}`}>{row.name}</Link>
      <span className="ks-muted">
        {row.key} · {say("nodes", { count: row.nodes })}
      </span>
    </div>
  );
}

function State({ row }: { row: ScenarioListItem }) {
  const say = useTexts();
  return (
    <span className={classes.badges}>
      <StateBadge of="scenario" state={row.state} {...(row.pause_reason && { title: row.pause_reason })} />
      {row.pause_reason && <span className={`ks-muted ${classes.reason}`}>{row.pause_reason}</span>}
      {row.submitted_version && <Label tone="warn">{say("inReview", { number: row.submitted_version.number })}</Label>}
      {row.problems > 0 && row.state === "draft" && <Label tone="bad">{say("problems", { count: row.problems })}</Label>}
    </span>
  );
}

const BESIDE = new Set(["name", "state", "version", "active", "entered", "actions"]);

export function useScenarioColumns({ isNarrow, onVersions, onCopy }: Wish): Column<ScenarioListItem>[] {
  const say = useTexts();
  const { percent } = useFormat();
  const all: Column<ScenarioListItem>[] = [
    { key: "name", title: say("columns.name"), sort: "name", card: "title", minWidth: 200, render: (row) => <Name row={row} /> },
    { key: "state", title: say("columns.state"), sort: "state", render: (row) => <State row={row} /> },
    {
      key: "version",
      title: say("columns.version"),
      render: (row) =>
        row.live_version ? <Link to={`/versions/${row.live_version.id}`}>{say("version", { number: row.live_version.number })}</Link> : "–",
    },
    { key: "active", title: say("columns.active"), align: "right", render: (row) => <Count value={row.active_cases} /> },
    { key: "entered", title: say("columns.entered"), align: "right", render: (row) => <Count value={row.entered_30d} /> },
    {
      key: "paid",
      title: say("columns.paid"),
      align: "right",
      render: (row) => (
        <>
          <Count value={row.paid_30d_cases} />
          {row.entered_30d > 0 && <span className="ks-muted"> · {percent(row.paid_30d_cases / row.entered_30d)}</span>}
        </>
      ),
    },
    { key: "amount", title: say("columns.amount"), align: "right", render: (row) => <Money value={row.paid_30d_amount} /> },
    {
      key: "line",
      title: say("columns.line"),
      card: "none",
      render: (row) => <Sparkline values={row.sparkline} label={say("lineOf", { name: row.name })} />,
    },
    {
      key: "draft",
      title: say("columns.draft"),
      hidden: true,
      sort: "draft_at",
      render: (row) => (
        <>
          <Instant value={row.draft_at} /> <span className="ks-muted">· {row.draft_by}</span>
        </>
      ),
    },
    {
      key: "actions",
      title: say("columns.actions"),
      pinned: true,
      quiet: true,
      align: "right",
      card: "aside",
      render: (row) => <ScenarioActions scenario={row} onVersions={() => onVersions(row.id)} onCopy={() => onCopy(row.id)} />,
    },
  ];
  return isNarrow ? all.filter((column) => BESIDE.has(column.key)) : all;
}
