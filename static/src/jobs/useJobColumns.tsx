import { Link } from "react-router";
import type { Job } from "../api/types/jobs";
import { StateBadge } from "../ui/StateBadge";
import type { Column } from "../ui/table/columns";
import { useFormat } from "../ui/useFormat";
import { Count, Instant } from "../ui/Values";
import { JobActs } from "./JobActs";
import { isActive, JobProgress } from "./JobProgress";
import classes from "./Jobs.module.css";
import { useTexts } from "./texts";

function Outcome({ job }: { job: Job }) {
  const say = useTexts();
  const { fileSize, number } = useFormat();
  if (isActive(job)) return <JobProgress job={job} />;
  if (job.error) return <span className={`${classes.outcome} ${classes.error}`}>{job.error}</span>;
  if (!job.file) return null;
  const { name, size, rows } = job.file;
  return (
    <span className={classes.outcome}>
      {say("file", { name, size: fileSize(size) })} · {say("rows", { count: rows, n: number(rows) })}
    </span>
  );
}

export function useJobColumns(seesAll: boolean): Column<Job>[] {
  const say = useTexts();
  const all: Column<Job>[] = [
    { key: "kind", title: say("columns.kind"), sort: "kind", render: (row) => say.known(`kinds.${row.kind}`) },
    { key: "title", title: say("columns.title"), card: "title", maxWidth: 240, render: (row) => (row.import_id === null ? row.title : <Link to={`/imports/${row.import_id}`}>{row.title}</Link>) },
    { key: "state", title: say("columns.state"), sort: "state", card: "aside", render: (row) => <StateBadge of="job" state={row.state} /> },
    { key: "progress", title: say("columns.progress"), wrap: true, minWidth: 220, render: (row) => <Outcome job={row} /> },
    { key: "actor", title: say("columns.actor"), sort: "actor", render: (row) => (row.actor === "engine" ? say("engine") : row.actor) },
    { key: "created", title: say("columns.created"), sort: "created_at", render: (row) => <Instant value={row.created_at} /> },
    { key: "started", title: say("columns.started"), hidden: true, render: (row) => <Instant value={row.started_at} /> },
    { key: "finished", title: say("columns.finished"), sort: "finished_at", render: (row) => <Instant value={row.finished_at} /> },
    { key: "attempts", title: say("columns.attempts"), hidden: true, align: "right", render: (row) => <Count value={row.attempts} /> },
    { key: "acts", title: say("columns.acts"), quiet: true, pinned: true, align: "right", render: (row) => <JobActs job={row} /> },
  ];
  return seesAll ? all : all.filter((column) => column.key !== "actor");
}
