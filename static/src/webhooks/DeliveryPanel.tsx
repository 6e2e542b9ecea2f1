import { Button } from "@mantine/core";
import { Link } from "react-router";
import { api, useGet } from "../api/client";
import type { NewsDelivery } from "../api/types/webhooks";
import { useRight } from "../app/me";
import { Facts } from "../ui/Facts";
import { SidePanel } from "../ui/SidePanel";
import { StateBadge } from "../ui/StateBadge";
import { CardSkeletons, ErrorState } from "../ui/states";
import { useAct } from "../ui/useAct";
import { Instant } from "../ui/Values";
import settings from "../ui/Settings.module.css";
import { answerOf, useOutcome } from "./naming";
import { useTexts } from "./texts";
import classes from "./Webhooks.module.css";

function Again({ delivery }: { delivery: NewsDelivery }) {
  const say = useTexts();
  const mayWork = useRight("outbox.work");
  const again = useAct(() => api.post(`/deliveries/${delivery.id}/retry`), { refresh: ["/deliveries", "/subscriptions"], done: say("retried") });
  const isDone = delivery.state === "failed" || delivery.state === "sent";
  if (!mayWork || !isDone || delivery.kind === "test") return null;
  return (
    <div className={settings.buttons}>
      <Button variant="light" loading={again.isPending} onClick={() => again.mutate(undefined)}>
        {say("again")}
      </Button>
    </div>
  );
}

function written(body: string): string {
  return JSON.stringify(JSON.parse(body), null, 2);
}

/** One delivery: what it says, to whom, and what they answered. */
export function DeliveryPanel({ deliveryId, onClose }: { deliveryId: number; onClose: () => void }) {
  const say = useTexts();
  const outcome = useOutcome();
  const { data: delivery, error, refetch } = useGet<NewsDelivery>(`/deliveries/${deliveryId}`, { every: 10_000 });
  return (
    <SidePanel title={delivery ? delivery.title : say("one")} label={say("one")} onClose={onClose}>
      {error && !delivery && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!delivery && !error && <CardSkeletons cards={2} />}
      {delivery && (
        <div className={classes.panel}>
          {answerOf(delivery) && <p className={classes.answer}>{answerOf(delivery)}</p>}
          <Again delivery={delivery} />
          <Facts
            facts={[
              { title: say("columns.state"), value: <StateBadge of="message" state={delivery.state} /> },
              { title: say("columns.subscription"), value: delivery.subscription.name },
              ...(delivery.outcome ? [{ title: say("columns.outcome"), value: outcome(delivery.outcome) }] : []),
              ...(delivery.loan ? [{ title: say("columns.loan"), value: <Link to={`/loans/${delivery.loan.id}`}>{delivery.loan.external_id}</Link> }] : []),
              { title: say("columns.happened"), value: <Instant value={delivery.happened_at} /> },
              ...(delivery.state === "queued" ? [{ title: say("columns.due"), value: <Instant value={delivery.due_at} /> }] : []),
              { title: say("columns.sent"), value: <Instant value={delivery.sent_at} /> },
              { title: say("columns.attempts"), value: delivery.attempts },
              { title: say("columns.key"), value: delivery.key },
            ]}
          />
          <strong>{say("content")}</strong>
          <code className={classes.code}>{written(delivery.body)}</code>
        </div>
      )}
    </SidePanel>
  );
}
