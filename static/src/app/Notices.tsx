import { IconAlertTriangle } from "@tabler/icons-react";
import { Link, useLocation } from "react-router";
import { useGet } from "../api/client";
import classes from "./Shell.module.css";

interface Notice {
  kind: "read_only" | "outbox" | "paused";
  text: string;
  scenario_id: number | null;
}

/** Pages that speak of all scenarios; a scenario's own pages and its cases say by themselves why it stands still. */
const OF_SCENARIOS = new Set(["/", "/engine", "/scenarios"]);

function concerns(notice: Notice, pathname: string): boolean {
  if (notice.kind === "paused") return OF_SCENARIOS.has(pathname);
  // the engine's page says of the outbox more than a line
  return notice.kind !== "outbox" || pathname !== "/engine";
}

/** What stands still at the moment and why: the database on every page, paused scenarios where they are listed. */
export function Notices() {
  const { pathname } = useLocation();
  const { data } = useGet<{ items: Notice[] }>("/notices", { every: 30_000 });
  const shown = (data?.items ?? []).filter((notice) => concerns(notice, pathname));
  if (shown.length === 0) return null;
  return (
    <div className="ks-no-print" role="status">
      {shown.map((notice) => (
        <div key={notice.text} className={classes.offline}>
          <IconAlertTriangle size={16} aria-hidden="true" />
          {notice.scenario_id === null ? <span>{notice.text}</span> : <Link to={`/scenarios/${notice.scenario_id}`}>{notice.text}</Link>}
        </div>
      ))}
    </div>
  );
}
