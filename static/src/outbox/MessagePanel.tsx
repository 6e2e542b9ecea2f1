import { Button, Group } from "@mantine/core";
import { Link } from "react-router";
import { api, useGet } from "../api/client";
import type { Message } from "../api/types/outbox";
import { useRight } from "../app/me";
import { ask, confirm } from "../ui/confirm";
import { Facts } from "../ui/Facts";
import { SidePanel } from "../ui/SidePanel";
import { CardSkeletons, ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Instant } from "../ui/Values";
import { MessageState } from "./MessageState";
import classes from "./Outbox.module.css";
import { useTexts } from "./texts";

const DEAD = ["failed", "undelivered", "expired"];

function Acts({ message }: { message: Message }) {
  const say = useTexts();
  const mayWork = useRight("outbox.work");
  const refresh = ["/outbox", "/home"];
  const retry = useAct(() => api.post(`/outbox/${message.id}/retry`), { refresh, done: say("retried") });
  const dismiss = useAct((reason: string) => api.post("/outbox/dismiss", { ids: [message.id], reason }), { refresh, done: say("dismissed") });
  const cancel = useAct(() => api.post(`/outbox/${message.id}/cancel`), { refresh, done: say("cancelled") });
  const mayFix = useRight("contact.edit");
  const isDead = DEAD.includes(message.state);
  const mayRetry = isDead || message.state === "cancelled" || message.state === "dismissed";
  const mayCancel = message.state === "queued";
  if (!mayWork || (!mayRetry && !mayCancel)) return null;
  const onDismiss = async () => {
    const reason = await ask({ title: say("dismissTitle"), text: say("dismissText"), label: say("reason"), action: say("dismiss"), required: true, multiline: true });
    if (reason) dismiss.mutate(reason);
  };
  const onCancel = async () => {
    if (await confirm({ title: say("cancelTitle"), text: say("cancelText"), action: say("cancel"), danger: true })) cancel.mutate(undefined);
  };
  return (
    <Group gap="xs">
      {mayRetry && (
        <Button variant="light" loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
          {say("retry")}
        </Button>
      )}
      {isDead && mayFix && (
        <Button component={Link} to={`/borrowers/${message.borrower_id}`} variant="default">
          {say("fixAddress")}
        </Button>
      )}
      {isDead && (
        <Button variant="default" loading={dismiss.isPending} onClick={() => void onDismiss()}>
          {say("dismiss")}
        </Button>
      )}
      {mayCancel && (
        <Button variant="default" loading={cancel.isPending} onClick={() => void onCancel()}>
          {say("cancel")}
        </Button>
      )}
    </Group>
  );
}

function Body({ message }: { message: Message }) {
  const say = useTexts();
  if (message.body !== null) return <div className={classes.body}>{message.body}</div>;
  return (
    <>
      <p className="ks-muted">{message.masked ? say("maskedBody") : say("notRendered")}</p>
      {message.template && <div className={classes.body}>{message.template}</div>}
    </>
  );
}

/** One message: to whom, what it says, what became of it. */
export function MessagePanel({ messageId, onClose }: { messageId: number; onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const { money } = useFormat();
  const { data: message, error, refetch } = useGet<Message>(`/outbox/${messageId}`);
  return (
    <SidePanel title={message ? ui.known(`channels.${message.channel}`) : say("one")} label={say("one")} onClose={onClose}>
      {error && !message && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!message && !error && <CardSkeletons cards={2} />}
      {message && (
        <div className={classes.panel}>
          {message.subject && <strong>{message.subject}</strong>}
          <Body message={message} />
          {message.error && <p className={classes.error}>{message.error}</p>}
          {message.uncertain_at && <p className={classes.doubt}>{say("uncertain")}</p>}
          {message.note && (
            <p>
              {say("note")}: {message.note}
            </p>
          )}
          <Acts message={message} />
          <Facts
            facts={[
              { title: say("columns.state"), value: <MessageState state={message.state} /> },
              { title: say("columns.recipient"), value: message.recipient ?? "–" },
              { title: say("columns.connector"), value: message.through },
              { title: say("columns.queued"), value: <Instant value={message.queued_at} /> },
              { title: say("columns.due"), value: <Instant value={message.due_at} /> },
              { title: say("columns.sent"), value: <Instant value={message.sent_at} /> },
              ...(message.told_at ? [{ title: say("columns.told"), value: <Instant value={message.told_at} /> }] : []),
              ...(message.expires_at ? [{ title: say("columns.expires"), value: <Instant value={message.expires_at} /> }] : []),
              ...(message.cost !== null ? [{ title: say("columns.cost"), value: money(message.cost) }] : []),
              { title: say("columns.attempts"), value: message.attempts },
              { title: say("columns.loan"), value: <Link to={`/loans/${message.loan.id}`}>{message.loan.external_id}</Link> },
              { title: say("columns.scenario"), value: <Link to={`/scenarios/${message.scenario.id}`}>{message.scenario.name}</Link> },
              { title: say("columns.node"), value: message.node.label ?? "–" },
              ...(message.receipt ? [{ title: say("receipt"), value: message.receipt }] : []),
            ]}
          />
        </div>
      )}
    </SidePanel>
  );
}
