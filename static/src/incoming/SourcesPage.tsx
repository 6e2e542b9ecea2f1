import { useGet } from "../api/client";
import type { PaymentSource } from "../api/types/incoming";
import { useRight } from "../app/me";
import { Page } from "../ui/Page";
import { CardSkeletons, ErrorState, NoRight } from "../ui/states";
import classes from "./Incoming.module.css";
import { SourceCard } from "./SourceCard";
import { useTexts } from "./texts";

/** Where payments may come from, for the administrator. */
export default function SourcesPage() {
  const say = useTexts();
  const isAdmin = useRight("admin");
  const { data, error, refetch } = useGet<{ items: PaymentSource[] }>("/sources", { enabled: isAdmin });
  return (
    <Page title={say("settings.title")} crumb={{ title: say("everything"), to: "/incoming" }}>
      {!isAdmin && <NoRight />}
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {isAdmin && !data && !error && <CardSkeletons cards={4} height={300} />}
      {data && (
        <>
          <p className={`${classes.intro} ks-muted`}>{say("settings.intro")}</p>
          <div className={classes.sources}>
            {data.items.map((source) => (
              <SourceCard key={`${source.key} ${source.changed_at ?? ""}`} source={source} />
            ))}
          </div>
        </>
      )}
    </Page>
  );
}
