import { useGet } from "../api/client";
import type { InquiryProvider } from "../api/types/inquiries";
import { useRight } from "../app/me";
import { Page } from "../ui/Page";
import { CardSkeletons, ErrorState, NoRight } from "../ui/states";
import settings from "../ui/Settings.module.css";
import classes from "./Inquiries.module.css";
import { ProviderCard } from "./ProviderCard";
import { useTexts } from "./texts";

/** Whom Kaskad asks about borrowers, for the administrator. */
export default function ProvidersPage() {
  const say = useTexts();
  const isAdmin = useRight("admin");
  const { data, error, refetch } = useGet<{ items: InquiryProvider[] }>("/inquiry-providers", { enabled: isAdmin });
  return (
    <Page title={say("settings.title")} crumb={{ title: say("title"), to: "/outbox/inquiries" }}>
      {!isAdmin && <NoRight />}
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {isAdmin && !data && !error && <CardSkeletons cards={3} height={300} />}
      {data && (
        <>
          <p className={`${settings.intro} ks-muted`}>{say("settings.intro")}</p>
          <div className={classes.providers}>
            {data.items.map((provider) => (
              <ProviderCard key={`${provider.key} ${provider.changed_at ?? ""}`} provider={provider} />
            ))}
          </div>
        </>
      )}
    </Page>
  );
}
