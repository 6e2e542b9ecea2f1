import { Button } from "@mantine/core";
import { Link } from "react-router";
import { api, useGet } from "../api/client";
import type { IncomingCard } from "../api/types/incoming";
import { useRight } from "../app/me";
import { ask, confirm } from "../ui/confirm";
import { type Fact, Facts } from "../ui/Facts";
import { SidePanel } from "../ui/SidePanel";
import { CardSkeletons, ErrorState } from "../ui/states";
import { useAct } from "../ui/useAct";
import { Instant } from "../ui/Values";
import { FindLoan } from "./FindLoan";
import classes from "./Incoming.module.css";
import { IncomingState } from "./IncomingState";
import { useTexts } from "./texts";
import { useSum } from "./useSum";

function useFacts(payment: IncomingCard | undefined): Fact[] {
  const say = useTexts();
  if (!payment) return [];
  const shown: [string, string | null][] = [
    [say("payer"), payment.payer],
    [say("phone"), payment.phone],
    [say("email"), payment.email],
    [say("purpose"), payment.purpose],
    [say("columns.named"), payment.named.join(", ") || null],
    [say("columns.reason"), payment.reason_text],
    [say("original"), payment.original],
    [say("note"), payment.note],
    [say("columns.by"), payment.settled_by],
    [say("columns.number"), payment.external_id],
    [say("columns.kind"), say.known(`kinds.${payment.kind}`)],
  ];
  const moments: [string, string | null][] = [
    [say("columns.paid"), payment.paid_at],
    [say("columns.received"), payment.received_at],
    [say("columns.settled"), payment.settled_at],
  ];
  return [
    ...(payment.loan ? [{ title: say("columns.loan"), value: <Link to={`/loans/${payment.loan.id}`}>{payment.loan.external_id}</Link> }] : []),
    ...shown.filter(([, value]) => value).map(([title, value]) => ({ title, value })),
    ...moments.filter(([, value]) => value).map(([title, value]) => ({ title, value: <Instant value={value} /> })),
  ];
}

function Dismiss({ payment, onDone }: { payment: IncomingCard; onDone: () => void }) {
  const say = useTexts();
  const dismiss = useAct((reason: string) => api.post(`/incoming/${payment.id}/dismiss`, { reason }), {
    refresh: ["/incoming"],
    done: say("dismiss.done"),
    onDone,
  });
  const onDismiss = async () => {
    const reason = await ask({
      title: say("dismiss.title"),
      text: say("dismiss.text"),
      label: say("dismiss.label"),
      action: say("dismiss.confirm"),
      required: true,
      multiline: true,
      danger: true,
    });
    if (reason) dismiss.mutate(reason);
  };
  return (
    <Button variant="default" loading={dismiss.isPending} onClick={() => void onDismiss()}>
      {say("dismiss.action")}
    </Button>
  );
}

function TakeBack({ payment, onDone }: { payment: IncomingCard; onDone: () => void }) {
  const say = useTexts();
  const act = useAct(() => api.post(`/incoming/${payment.id}/take-back`), { done: say("takeBack.done"), onDone });
  const onTakeBack = async () => {
    if (await confirm({ title: say("takeBack.title"), text: say("takeBack.text"), action: say("takeBack.action"), danger: true })) act.mutate(undefined);
  };
  return (
    <Button loading={act.isPending} onClick={() => void onTakeBack()}>
      {say("takeBack.action")}
    </Button>
  );
}

/** One incoming payment: what it says, and what a person does with it when it found no loan. */
export function IncomingPanel({ paymentId, onClose }: { paymentId: number; onClose: () => void }) {
  const say = useTexts();
  const sum = useSum();
  const mayRecord = useRight("payment.record");
  const mayReverse = useRight("payment.reverse");
  const { data: payment, error, refetch } = useGet<IncomingCard>(`/incoming/${paymentId}`);
  const facts = useFacts(payment);
  const waits = payment?.state === "unmatched";
  const advice = waits && payment.reason ? say.known(`advice.${payment.reason}`, "") : "";
  return (
    <SidePanel title={payment ? payment.source_title : say("one")} label={say("one")} onClose={onClose}>
      {error && !payment && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!payment && !error && <CardSkeletons cards={2} />}
      {payment && (
        <div className={classes.panel}>
          <div>
            <span className={classes.sum}>{sum(payment)}</span> <IncomingState state={payment.state} />
          </div>
          {advice && <p className={classes.advice}>{advice}</p>}
          <Facts facts={facts} />
          {waits && mayRecord && payment.may_credit && <FindLoan payment={payment} onDone={onClose} />}
          {payment.may_take_back && mayReverse && <TakeBack payment={payment} onDone={onClose} />}
          {waits && mayRecord && <Dismiss payment={payment} onDone={onClose} />}
        </div>
      )}
    </SidePanel>
  );
}
