import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { api, useGet } from "../api/client";
import type { ContactCard } from "../api/types/contacts";
import type { BorrowerFacts } from "../api/types/loans";
import { useRight } from "../app/me";
import { BorrowerDialog } from "../borrowers/BorrowerDialog";
import { StopDialog } from "../contacts/StopCard";
import { IssueDialog } from "../issue/IssueDialog";
import { confirm } from "../ui/confirm";
import { Facts } from "../ui/Facts";
import { zoneOffset } from "../ui/format";
import { Card } from "../ui/Page";
import { ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useRegionName } from "../regions/texts";
import { DayText, Instant, Money } from "../ui/Values";
import { ContactChances } from "./ContactChances";
import classes from "./Loan.module.css";
import { useTexts } from "./texts";

/** Forbid contacts with the borrower, or allow them again. */
function ContactStop({ borrower }: { borrower: BorrowerFacts }) {
  const say = useTexts();
  const mayStop = useRight("contact.stop");
  const [isOpen, setOpen] = useState(false);
  const { data: card, error } = useGet<ContactCard>(`/contacts/${borrower.id}`, { enabled: isOpen });
  const allow = useAct(() => api.post(`/borrowers/${borrower.id}/contact-stop`, { reason: null }), {
    refresh: ["/loans", "/tasks", "/contacts"],
    done: say("stop.done"),
  });
  const isStopped = borrower.contact_stop !== null;
  const askAllow = async () => {
    if (await confirm({ title: say("stop.allowTitle"), text: say("stop.allowText"), action: say("stop.allow") })) allow.mutate(undefined);
  };
  return (
    <div className={classes.stop}>
      {isStopped && (
        <Label tone="bad">{say("stop.now", { reason: say.known(`stop.reasons.${borrower.contact_stop}`, borrower.contact_stop ?? "") })}</Label>
      )}
      {mayStop && (
        <Button size="compact-sm" variant="default" loading={allow.isPending || (isOpen && !card && !error)} onClick={() => (isStopped ? void askAllow() : setOpen(true))}>
          {isStopped ? say("stop.allow") : say("stop.action")}
        </Button>
      )}
      {isOpen && card && <StopDialog card={card} onClose={() => setOpen(false)} />}
      {isOpen && error && <ErrorState compact error={error} />}
    </div>
  );
}

/** Another loan for the same person. */
function NewLoan({ borrower }: { borrower: BorrowerFacts }) {
  const say = useTexts();
  const mayIssue = useRight("loan.issue");
  const [isOpen, setOpen] = useState(false);
  if (!mayIssue) return null;
  return (
    <div className={classes.stop}>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
        {say("issue")}
      </Button>
      {isOpen && <IssueDialog borrower={borrower} onClose={() => setOpen(false)} />}
    </div>
  );
}

/** Correct what is known of the person. */
function EditBorrower({ borrower }: { borrower: BorrowerFacts }) {
  const say = useTexts();
  const mayEdit = useRight("borrower.edit");
  const [isOpen, setOpen] = useState(false);
  if (!mayEdit) return null;
  return (
    <div className={classes.stop}>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
        {say("edit")}
      </Button>
      {isOpen && <BorrowerDialog borrower={borrower} onClose={() => setOpen(false)} />}
    </div>
  );
}

/** Who owes, how to reach them, what time it is there. */
export function BorrowerCard({ borrower, loanId }: { borrower: BorrowerFacts; loanId: number }) {
  const say = useTexts();
  const regionName = useRegionName();
  const others = borrower.loans.filter((one) => one.id !== loanId);
  return (
    <Card
      title={<Link to={`/borrowers/${borrower.id}`}>{borrower.name ?? say("hidden")}</Link>}
      aside={borrower.local_time && <span className={classes.clock}>{say("borrower.localTime", { time: borrower.local_time })}</span>}
    >
      {borrower.masked && <p className="ks-muted">{say("borrower.masked")}</p>}
      <Facts
        facts={[
          { title: say("borrower.phone"), value: borrower.phone ?? "–" },
          { title: say("borrower.email"), value: borrower.email ?? "–" },
          ...(borrower.messenger ? [{ title: say("borrower.messenger"), value: borrower.messenger }] : []),
          ...(borrower.postal_address ? [{ title: say("borrower.postal"), value: borrower.postal_address }] : []),
          ...(borrower.birth_date ? [{ title: say("borrower.birth"), value: <DayText value={borrower.birth_date} /> }] : []),
          { title: say("borrower.language"), value: say(`borrower.languages.${borrower.language}`) },
          { title: say("borrower.region"), value: regionName(borrower.region) },
          { title: say("borrower.zone"), value: zoneOffset(borrower.time_zone) },
          ...(borrower.lending_restricted_at
            ? [{ title: say("borrower.restricted"), value: <Instant value={borrower.lending_restricted_at} /> }]
            : []),
        ]}
      />
      <EditBorrower borrower={borrower} />
      <ContactStop borrower={borrower} />
      <ContactChances loanId={loanId} borrowerId={borrower.id} />
      <NewLoan borrower={borrower} />
      {others.length > 0 && (
        <div className={classes.others}>
          <h3>{say("borrower.others")}</h3>
          {others.map((one) => (
            <Link key={one.id} to={`/loans/${one.id}`} className={classes.other}>
              <span>{one.external_id}</span>
              <Money value={one.overdue} />
            </Link>
          ))}
        </div>
      )}
    </Card>
  );
}
