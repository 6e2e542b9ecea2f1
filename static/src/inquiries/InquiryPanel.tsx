import { Button } from "@mantine/core";
import { Link } from "react-router";
import { api, useGet } from "../api/client";
import type { Inquiry } from "../api/types/inquiries";
import { useRight } from "../app/me";
import { type Fact, Facts } from "../ui/Facts";
import { SidePanel } from "../ui/SidePanel";
import { CardSkeletons, ErrorState } from "../ui/states";
import { useAct } from "../ui/useAct";
import { Instant, Money } from "../ui/Values";
import classes from "./Inquiries.module.css";
import { InquiryState, Outcome } from "./InquiryState";
import { useTexts } from "./texts";

function Again({ inquiry }: { inquiry: Inquiry }) {
  const say = useTexts();
  const mayAsk = useRight("inquiry.ask");
  const again = useAct(() => api.post(`/inquiries/${inquiry.id}/retry`), { refresh: ["/inquiries"], done: say("repeated") });
  if (!mayAsk || inquiry.state !== "failed") return null;
  return (
    <div>
      <Button variant="light" loading={again.isPending} onClick={() => again.mutate(undefined)}>
        {say("again")}
      </Button>
    </div>
  );
}

function useFacts(inquiry: Inquiry | undefined): Fact[] {
  const say = useTexts();
  if (!inquiry) return [];
  const waits = inquiry.state === "asked" || inquiry.state === "waiting";
  return [
    { title: say("columns.loan"), value: <Link to={`/loans/${inquiry.loan.id}`}>{inquiry.loan.external_id}</Link> },
    { title: say("columns.borrower"), value: inquiry.borrower.name ?? "–" },
    { title: say("columns.by"), value: inquiry.asked_by ?? say("byScenario") },
    { title: say("columns.asked"), value: <Instant value={inquiry.asked_at} /> },
    ...(waits ? [{ title: say("columns.due"), value: <Instant value={inquiry.due_at} /> }] : []),
    { title: say("columns.sent"), value: <Instant value={inquiry.sent_at} /> },
    { title: say("columns.answered"), value: <Instant value={inquiry.answered_at} /> },
    { title: say("columns.provider"), value: inquiry.provider_title ?? "–" },
    { title: say("columns.cost"), value: <Money value={inquiry.cost} full /> },
    { title: say("columns.attempts"), value: inquiry.attempts },
  ];
}

/** One inquiry: what was answered, in words, or why nothing was. */
export function InquiryPanel({ inquiryId, onClose }: { inquiryId: number; onClose: () => void }) {
  const say = useTexts();
  const { data: inquiry, error, refetch } = useGet<Inquiry>(`/inquiries/${inquiryId}`, { every: 5_000 });
  const facts = useFacts(inquiry);
  return (
    <SidePanel title={inquiry ? inquiry.subject_title : say("one")} label={say("one")} onClose={onClose}>
      {error && !inquiry && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!inquiry && !error && <CardSkeletons cards={2} />}
      {inquiry && (
        <div className={classes.panel}>
          <div className={classes.badges}>
            <InquiryState state={inquiry.state} />
            {inquiry.outcome_text && <Outcome inquiry={inquiry} />}
          </div>
          {inquiry.error_text && <p>{inquiry.error_text}</p>}
          {inquiry.lines.length > 0 && (
            <ul className={classes.lines}>
              {inquiry.lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
          <Again inquiry={inquiry} />
          <Facts facts={facts} />
        </div>
      )}
    </SidePanel>
  );
}
