import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { Inquiry } from "../api/types/inquiries";
import { useRight } from "../app/me";
import { CardSkeletons, EmptyState, ErrorState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Instant } from "../ui/Values";
import { AskDialog } from "./AskDialog";
import classes from "./Inquiries.module.css";
import { InquiryState, Outcome } from "./InquiryState";
import { useTexts } from "./texts";

const SHOWN = 20;

/** What was asked about one loan, and a way to ask now. */
export default function InquiriesTab({ loanId }: { loanId: number }) {
  const say = useTexts();
  const mayAsk = useRight("inquiry.ask");
  const seesAll = useRight("outbox.read");
  const [isOpen, setOpen] = useState(false);
  const { data, error, refetch } = useGet<PageOf<Inquiry>>("/inquiries", { query: { loan: loanId, size: SHOWN }, every: 5_000 });
  const columns: Column<Inquiry>[] = [
    { key: "subject", title: say("columns.subject"), card: "title", render: (row) => row.subject_title },
    { key: "asked", title: say("columns.asked"), render: (row) => <Instant value={row.asked_at} /> },
    { key: "outcome", title: say("columns.outcome"), render: (row) => <Outcome inquiry={row} /> },
    { key: "answer", title: say("columns.answer"), wrap: true, minWidth: 180, render: (row) => row.said ?? row.error_text ?? "–" },
    { key: "state", title: say("columns.state"), card: "aside", render: (row) => <InquiryState state={row.state} /> },
  ];
  return (
    <div className={classes.tab}>
      <Group gap="xs" className={classes.acts}>
        {mayAsk && (
          <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
            {say("ask.title")}
          </Button>
        )}
        {seesAll && <Link to={`/outbox/inquiries?loan=${loanId}`}>{say("tab.all")}</Link>}
      </Group>
      {error && !data && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!data && !error && <CardSkeletons cards={1} height={120} />}
      {data && (
        <DataTable label={say("title")} columns={columns} rows={data.items} rowKey={(row) => row.id} empty={<EmptyState compact title={say("tab.empty")} />} />
      )}
      {isOpen && <AskDialog loanId={loanId} onClose={() => setOpen(false)} />}
    </div>
  );
}
