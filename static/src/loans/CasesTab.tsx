import { useState } from "react";
import { Link } from "react-router";
import type { CaseItem } from "../api/types/loans";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Label } from "../ui/Tone";
import { Instant } from "../ui/Values";
import { CaseTrail } from "./CaseTrail";
import classes from "./Loan.module.css";
import { useTexts } from "./texts";
import { WhyList } from "./WhyList";

/** The scenarios this loan is or was in; each links to the step on the canvas, a row opens its way through it. */
export function CasesTab({ loanId, cases }: { loanId: number; cases: readonly CaseItem[] }) {
  const say = useTexts();
  const [open, setOpen] = useState<number | null>(null);
  const columns: Column<CaseItem>[] = [
    {
      key: "scenario",
      title: say("cases.scenario"),
      card: "title",
      render: (row) => (
        <>
          {row.scenario.name} <Link to={`/versions/${row.version.id}`}>{say("cases.v", { number: row.version.number })}</Link>
        </>
      ),
    },
    {
      key: "node",
      title: say("cases.node"),
      render: (row) =>
        row.node.key ? <Link to={`/versions/${row.version.id}?node=${encodeURIComponent(row.node.key)}`}>{row.node.label || row.node.key}</Link> : "–",
    },
    { key: "since", title: say("cases.since"), render: (row) => <Instant value={row.entered_at} /> },
    { key: "due", title: say("cases.due"), render: (row) => (row.ended_at ? "–" : <Instant value={row.due_at} />) },
    {
      key: "end",
      pinned: true,
      title: say("cases.state"),
      card: "aside",
      render: (row) =>
        row.ended_at ? (
          <Label tone={row.end_reason === "failed" ? "bad" : row.end_reason === "cured" || row.end_reason === "goal" ? "good" : "quiet"}>
            {say.known(`ends.${row.end_reason ?? "exit"}`, row.end_reason ?? "")}
          </Label>
        ) : (
          <Label tone={row.paused ? "warn" : "accent"} {...(row.paused && { title: row.paused })}>
            {row.paused ? say("cases.paused") : say("cases.active")}
          </Label>
        ),
    },
  ];
  return (
    <>
      <DataTable
        label={say("tabs.cases")}
        columns={columns}
        rows={cases}
        rowKey={(row) => row.id}
        onOpen={(row) => setOpen(row.id === open ? null : row.id)}
        isSelected={(row) => row.id === open}
        empty={
          <EmptyState compact title={say("cases.empty")}>
            <p>{say("cases.emptyText")}</p>
          </EmptyState>
        }
      />
      {open !== null && <CaseTrail caseId={open} />}
      {cases.map(
        (one) =>
          one.paused && (
            <p key={one.id} className={classes.standing}>
              <strong>{one.scenario.name}</strong>: {one.paused}
            </p>
          ),
      )}
      <WhyList loanId={loanId} />
    </>
  );
}
