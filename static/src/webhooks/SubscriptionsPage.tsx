import { Button } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useState } from "react";
import { useGet } from "../api/client";
import type { SavedSubscription, Subscription, Subscriptions } from "../api/types/webhooks";
import { useRight } from "../app/me";
import { Page } from "../ui/Page";
import { CardSkeletons, EmptyState, ErrorState, NoRight } from "../ui/states";
import { useAddress } from "../ui/useAddress";
import settings from "../ui/Settings.module.css";
import { SecretCard } from "./SecretCard";
import { SubscriptionCard } from "./SubscriptionCard";
import { SubscriptionForm } from "./SubscriptionForm";
import { useTexts } from "./texts";

const NEW = "new";

/** Who is told what, for the administrator. */
export default function SubscriptionsPage() {
  const say = useTexts();
  const isAdmin = useRight("admin");
  const [search, put] = useAddress();
  const edited = search.get("edit");
  // a secret is told once: it is shown until the person has it
  const [made, setMade] = useState<SavedSubscription | null>(null);
  const { data, error, refetch } = useGet<Subscriptions>("/subscriptions", { enabled: isAdmin, every: 10_000 });
  const titlesOf = ({ kinds }: Subscription) => (data?.kinds ?? []).filter((kind) => kinds.includes(kind.key)).map((kind) => kind.title).join(", ");
  const close = () => put("edit", null);
  const add = <Button onClick={() => put("edit", NEW)}>{say("subscriptions.new")}</Button>;
  const onSaved = (saved: SavedSubscription) => {
    if (saved.secret) setMade(saved);
    close();
  };
  return (
    <Page title={say("subscriptions.title")} crumb={{ title: say("title"), to: "/outbox/webhooks" }} actions={isAdmin && edited === null && add}>
      {!isAdmin && <NoRight />}
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {isAdmin && !data && !error && <CardSkeletons cards={2} height={200} />}
      {data && (
        <>
          <p className={`${settings.intro} ks-muted`}>{say("subscriptions.intro")}</p>
          <div className={settings.stack}>
            {made && <SecretCard made={made} onDone={() => setMade(null)} />}
            {edited === NEW && <SubscriptionForm subscription={null} kinds={data.kinds} onSaved={onSaved} onClose={close} />}
            {data.items.map((one) =>
              edited === String(one.id) ? (
                <SubscriptionForm key={one.id} subscription={one} kinds={data.kinds} onSaved={onSaved} onClose={close} />
              ) : (
                <SubscriptionCard key={one.id} subscription={one} titles={titlesOf(one)} onEdit={() => put("edit", one.id)} onSecret={setMade} />
              ),
            )}
            {data.items.length === 0 && edited === null && (
              <EmptyState icon={IconRoute} title={say("subscriptions.empty")} actions={add}>
                <p>{say("subscriptions.emptyText")}</p>
              </EmptyState>
            )}
          </div>
        </>
      )}
    </Page>
  );
}
