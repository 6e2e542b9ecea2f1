import { Button } from "@mantine/core";
import { Link } from "react-router";
import { api } from "../api/client";
import type { NewsDelivery, SavedSubscription, Subscription } from "../api/types/webhooks";
import { confirm } from "../ui/confirm";
import { Facts } from "../ui/Facts";
import { notifyDone, notifyRefused } from "../ui/notify";
import { Card } from "../ui/Page";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Instant } from "../ui/Values";
import settings from "../ui/Settings.module.css";
import { answerOf } from "./naming";
import { useTexts } from "./texts";

const REFRESH = ["/subscriptions", "/deliveries"];

function Figures({ subscription, titles }: { subscription: Subscription; titles: string }) {
  const say = useTexts();
  const { number } = useFormat();
  const those = (state: string) => `/outbox/webhooks?subscription=${subscription.id}&state=${state}`;
  return (
    <Facts
      facts={[
        { title: say("subscriptions.address"), value: subscription.url },
        { title: say("subscriptions.told"), value: titles },
        { title: say("subscriptions.last"), value: subscription.last_at ? <Instant value={subscription.last_at} /> : say("subscriptions.never") },
        ...(subscription.waiting > 0
          ? [{ title: say("subscriptions.waiting"), value: <Link to={those("queued")}>{number(subscription.waiting)}</Link> }]
          : []),
        ...(subscription.failed > 0
          ? [{ title: say("subscriptions.failed"), value: <Link to={those("failed")}>{number(subscription.failed)}</Link> }]
          : []),
      ]}
    />
  );
}

interface Props {
  subscription: Subscription;
  /** What it is told, in words. */
  titles: string;
  onEdit: () => void;
  onSecret: (made: SavedSubscription) => void;
}

/** One subscription: who is told what, how it goes, and the switch. */
export function SubscriptionCard({ subscription, titles, onEdit, onSecret }: Props) {
  const say = useTexts();
  const { id, name, url, kinds, enabled } = subscription;
  const test = useAct(() => api.post<NewsDelivery>(`/subscriptions/${id}/test`), {
    refresh: REFRESH,
    onDone: (delivery) => {
      const said = { answer: answerOf(delivery) ?? "" };
      if (delivery.state === "sent") notifyDone(say("subscriptions.tested", said));
      else notifyRefused(say("subscriptions.testFailed", said));
    },
  });
  const turn = useAct(() => api.put(`/subscriptions/${id}`, { name, url, kinds, enabled: !enabled }), { refresh: REFRESH });
  const renew = useAct(() => api.post<SavedSubscription>(`/subscriptions/${id}/secret`), { refresh: REFRESH, onDone: onSecret });
  const remove = useAct(() => api.delete(`/subscriptions/${id}`), { refresh: REFRESH });
  const onRenew = async () => {
    if (await confirm({ title: say("subscriptions.secretTitle"), text: say("subscriptions.secretText"), action: say("subscriptions.secret"), danger: true }))
      renew.mutate(undefined);
  };
  const onRemove = async () => {
    const question = { title: say("subscriptions.removeTitle", { name }), text: say("subscriptions.removeText"), action: say("subscriptions.remove"), danger: true };
    if (await confirm(question)) remove.mutate(undefined);
  };
  return (
    <Card title={name} aside={<Label tone={enabled ? "good" : "quiet"}>{say(enabled ? "subscriptions.on" : "subscriptions.off")}</Label>}>
      <Figures subscription={subscription} titles={titles} />
      <div className={settings.buttons}>
        <Button variant={enabled ? "default" : "filled"} loading={turn.isPending} onClick={() => turn.mutate(undefined)}>
          {say(enabled ? "subscriptions.switchOff" : "subscriptions.switchOn")}
        </Button>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate(undefined)}>
          {say("subscriptions.test")}
        </Button>
        <Button variant="default" onClick={onEdit}>
          {say("subscriptions.edit")}
        </Button>
        <Button variant="default" loading={renew.isPending} onClick={() => void onRenew()}>
          {say("subscriptions.secret")}
        </Button>
        <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => void onRemove()}>
          {say("subscriptions.remove")}
        </Button>
      </div>
    </Card>
  );
}
