import { Button } from "@mantine/core";
import { useState } from "react";
import { useParams } from "react-router";
import { api, useGet } from "../api/client";
import type { ContactCard } from "../api/types/contacts";
import type { BorrowerFacts } from "../api/types/loans";
import { useRight } from "../app/me";
import { BorrowerDialog } from "../borrowers/BorrowerDialog";
import { TimelineCard } from "../loans/TimelineCard";
import { useRegionName } from "../regions/texts";
import { ask } from "../ui/confirm";
import { Facts } from "../ui/Facts";
import { zoneOffset } from "../ui/format";
import { Card, Page } from "../ui/Page";
import { CardSkeletons, ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { DayText, Instant } from "../ui/Values";
import { ChannelsCard } from "./ChannelsCard";
import { ConsentsCard } from "./ConsentsCard";
import classes from "./Contacts.module.css";
import { PartiesCard } from "./PartiesCard";
import { PointsCard } from "./PointsCard";
import { StopCard } from "./StopCard";
import { LoansCard, MadeCard, TotalsCard } from "./SummaryCards";
import { useTexts } from "./texts";
import { useChange } from "./useChange";

/** Who it is, where, and what time it is there. */
function WhoCard({ borrower }: { borrower: BorrowerFacts }) {
  const say = useTexts();
  const regionName = useRegionName();
  return (
    <Card title={say("one")} aside={borrower.local_time && <span className={classes.small}>{say("localTime", { time: borrower.local_time })}</span>}>
      {borrower.masked && <p className="ks-muted">{say("facts.masked")}</p>}
      <Facts
        facts={[
          { title: say("facts.number"), value: borrower.external_id },
          ...(borrower.birth_date ? [{ title: say("facts.birth"), value: <DayText value={borrower.birth_date} /> }] : []),
          { title: say("facts.region"), value: regionName(borrower.region) },
          { title: say("facts.zone"), value: <span title={say("facts.zoneHelp")}>{zoneOffset(borrower.time_zone)}</span> },
          { title: say("facts.loans"), value: borrower.loans_count },
        ]}
      />
    </Card>
  );
}

/** Whether new loans are forbidden, and the end of it by a person with a reason. */
function LendingCard({ borrower }: { borrower: BorrowerFacts }) {
  const say = useTexts();
  const mayLift = useRight("lending.allow");
  const lift = useChange((reason: string) => api.post(`/contacts/${borrower.id}/allow-lending`, { reason }), { done: say("lending.done") });
  const askReason = async () => {
    const reason = await ask({ title: say("lending.liftTitle"), text: say("lending.liftText"), label: say("lending.liftReason"), action: say("lending.lift"), required: true });
    if (reason) lift.mutate(reason.slice(0, 250));
  };
  return (
    <Card title={say("lending.title")}>
      {borrower.lending_restricted_at ? (
        <>
          <Facts
            facts={[
              { title: say("lending.since"), value: <Instant value={borrower.lending_restricted_at} /> },
              { title: say("lending.reason"), value: borrower.lending_restriction ?? "–" },
            ]}
          />
          {mayLift && (
            <div className={classes.acts}>
              <Button size="compact-sm" variant="default" loading={lift.isPending} onClick={() => void askReason()}>
                {say("lending.lift")}
              </Button>
            </div>
          )}
        </>
      ) : (
        <span className={classes.small}>{say("lending.none")}</span>
      )}
    </Card>
  );
}

function Edit({ borrower }: { borrower: BorrowerFacts }) {
  const say = useTexts();
  const mayEdit = useRight("borrower.edit");
  const [isOpen, setOpen] = useState(false);
  if (!mayEdit) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {say("edit")}
      </Button>
      {isOpen && <BorrowerDialog borrower={borrower} onClose={() => setOpen(false)} />}
    </>
  );
}

/** One borrower over all loans: what is owed, how they are reached, what they have said about it. */
export default function BorrowerPage() {
  const say = useTexts();
  const { id } = useParams();
  const who = useGet<BorrowerFacts>(`/borrowers/${id}`, { every: 30_000 });
  const { data: card, error, refetch } = useGet<ContactCard>(`/contacts/${id}`, { every: 30_000 });
  const crumb = { title: say("loansTitle"), to: "/loans" };
  const borrower = who.data;
  if (!card || !borrower) {
    const failed = error ?? who.error;
    return (
      <Page title={say("one")} crumb={crumb}>
        {failed ? <ErrorState error={failed} retry={() => void Promise.all([refetch(), who.refetch()])} /> : <CardSkeletons cards={3} height={320} />}
      </Page>
    );
  }
  return (
    <Page
      title={borrower.name ?? say("hidden")}
      crumb={crumb}
      state={
        <>
          {card.stop.reason !== null && <Label tone="bad">{say("stop.now", { reason: say.known(`stop.reasons.${card.stop.reason}`, card.stop.reason) })}</Label>}
          {borrower.demo && <Label tone="warn">{say("demo")}</Label>}
        </>
      }
      actions={<Edit borrower={borrower} />}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          <WhoCard borrower={borrower} />
          <TotalsCard card={card} />
          <StopCard card={card} />
          <LendingCard borrower={borrower} />
        </div>
        <div className={classes.column}>
          <LoansCard card={card} />
          <MadeCard card={card} />
          <PointsCard card={card} />
          <div className={classes.pair}>
            <ChannelsCard card={card} />
            <ConsentsCard card={card} />
          </div>
          <PartiesCard card={card} />
        </div>
        <TimelineCard path={`/contacts/${card.id}/timeline`} title={say("timeline.title")} empty={say("timeline.empty")} emptyText={say("timeline.emptyText")} />
      </div>
    </Page>
  );
}
