import { Button, Group } from "@mantine/core";
import { Link } from "react-router";
import { api, useGet } from "../api/client";
import type { Message } from "../api/types/outbox";
import { useRight } from "../app/me";
import { confirm } from "../ui/confirm";
import { Facts } from "../ui/Facts";
import { SidePanel } from "../ui/SidePanel";
import { StateBadge } from "../ui/StateBadge";
import { CardSkeletons, ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { Instant } from "../ui/Values";
import classes from "./Outbox.module.css";
import { useTexts } from "./texts";

function Acts({ message }: { message: Message }) {
  const say = useTexts();
  const mayWork = useRight("outbox.work");
  const refresh = ["/outbox", "/home"];
  const retry = useAct(() => api.post(`/outbox/${message.id}/retry`), { refresh, done: say("retried") });
  const cancel = useAct(() => api.post(`/outbox/${message.id}/cancel`), { refresh, done: say("cancelled") });
  const mayRetry = message.state === "failed" || message.state === "cancelled";
  const mayCancel = message.state === "queued";
  if (!mayWork || (!mayRetry && !mayCancel)) return null;
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
          <Acts message={message} />
          <Facts
            facts={[
              { title: say("columns.state"), value: <StateBadge of="message" state={message.state} /> },
              { title: say("columns.recipient"), value: message.recipient ?? "–" },
              { title: say("columns.connector"), value: say.known(`connectors.${message.connector}`, message.connector) },
              { title: say("columns.queued"), value: <Instant value={message.queued_at} /> },
              { title: say("columns.due"), value: <Instant value={message.due_at} /> },
              { title: say("columns.sent"), value: <Instant value={message.sent_at} /> },
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
