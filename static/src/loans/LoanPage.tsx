import { Button } from "@mantine/core";
import { useState } from "react";
import { useParams } from "react-router";
import { useGet } from "../api/client";
import type { LoanCard } from "../api/types/loans";
import { useMe } from "../app/me";
import { Bucket } from "../ui/Bucket";
import { ChangeMenu } from "../servicing/ChangeMenu";
import { StandingCard } from "../servicing/StandingCard";
import { Page } from "../ui/Page";
import { StateBadge } from "../ui/StateBadge";
import { CardSkeletons, ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useKeys } from "../ui/useKeys";
import { BorrowerCard } from "./BorrowerCard";
import classes from "./Loan.module.css";
import { LoanFactsCard } from "./LoanFactsCard";
import { LoanTabs } from "./LoanTabs";
import { nextPayment } from "./nextPayment";
import { PaymentDialog } from "./PaymentDialog";
import { SignalDialog } from "./SignalDialog";
import { useTexts } from "./texts";
import { TimelineCard } from "./TimelineCard";
import { useDialog } from "./useDialog";

function Actions({ card }: { card: LoanCard }) {
  const say = useTexts();
  const { rights } = useMe();
  const dialog = useDialog();
  const [asked, setAsked] = useState<number | null>(null);
  const mayPay = rights.includes("payment.record");
  const maySignal = rights.includes("signal.record");
  useKeys([
    ...(mayPay ? [{ keys: "p", title: say("payment.title"), run: () => dialog.open("payment") }] : []),
    ...(maySignal ? [{ keys: "e", title: say("signal.title"), run: () => dialog.open("signal") }] : []),
  ]);
  return (
    <>
      <Button variant="default" visibleFrom="sm" onClick={() => window.print()}>
        {say("print")}
      </Button>
      {maySignal && (
        <Button variant="default" onClick={() => dialog.open("signal")}>
          {say("signal.title")}
        </Button>
      )}
      <ChangeMenu
        loan={card.loan}
        {...(mayPay && {
          onPay: (amount: number) => {
            setAsked(amount);
            dialog.open("payment");
          },
        })}
      />
      {mayPay && <Button onClick={() => dialog.open("payment")}>{say("payment.title")}</Button>}
      {mayPay && dialog.name === "payment" && (
        <PaymentDialog
          loan={card.loan}
          due={nextPayment(card.loan, card.instalments)?.amount ?? null}
          {...(asked !== null && { asked })}
          onClose={() => {
            setAsked(null);
            dialog.close();
          }}
        />
      )}
      {maySignal && dialog.name === "signal" && <SignalDialog loanId={card.loan.id} onClose={dialog.close} />}
    </>
  );
}

/** One loan: facts at the left, what belongs to it in tabs, everything that happened at the right. */
export default function LoanPage() {
  const say = useTexts();
  const { id } = useParams();
  const { data: card, error, refetch } = useGet<LoanCard>(`/loans/${id}`, { every: 15_000 });
  const crumb = { title: say("title"), to: "/loans" };
  if (!card) {
    return (
      <Page title={say("one")} crumb={crumb}>
        {error ? <ErrorState error={error} retry={() => void refetch()} /> : <CardSkeletons cards={3} height={320} />}
      </Page>
    );
  }
  const { loan } = card;
  return (
    <Page
      title={loan.external_id}
      crumb={crumb}
      state={
        <>
          <StateBadge of="loan" state={loan.state} />
          <Bucket bucket={loan.bucket} />
          {loan.demo && <Label tone="warn">{say("demo")}</Label>}
        </>
      }
      actions={<Actions card={card} />}
    >
      <div className={classes.columns}>
        <div className={classes.facts}>
          <StandingCard loan={loan} />
          <LoanFactsCard loan={loan} instalments={card.instalments} />
          <BorrowerCard borrower={card.borrower} loanId={loan.id} />
        </div>
        <LoanTabs card={card} />
        <TimelineCard path={`/loans/${loan.id}/timeline`} title={say("timeline.title")} empty={say("timeline.empty")} emptyText={say("timeline.emptyText")} />
      </div>
    </Page>
  );
}
