import { useGet } from "../api/client";
import type { Connector } from "../api/types/connectors";
import { Page } from "../ui/Page";
import settings from "../ui/Settings.module.css";
import { CardSkeletons, ErrorState } from "../ui/states";
import { useAddress } from "../ui/useAddress";
import { ConnectorCard } from "./ConnectorCard";
import classes from "./Connectors.module.css";
import { useTexts } from "./texts";

/** Outside systems that messages leave through: how they fare, and for the administrator how they are set up. */
export default function ConnectorsPage() {
  const say = useTexts();
  const [search, put] = useAddress();
  const { data, error, refetch } = useGet<{ items: Connector[] }>("/connectors", { every: 10_000 });
  return (
    <Page title={say("title")} crumb={{ title: say("outbox"), to: "/outbox" }}>
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!data && !error && <CardSkeletons cards={4} height={200} />}
      {data && (
        <>
          <p className={`${settings.intro} ks-muted`}>{say("intro")}</p>
          <div className={classes.cards}>
            {data.items.map((one) => (
              <ConnectorCard
                key={one.key}
                connector={one}
                isEdited={search.get("edit") === one.key}
                onEdit={(isEdited) => put("edit", isEdited ? one.key : null)}
              />
            ))}
          </div>
        </>
      )}
    </Page>
  );
}
