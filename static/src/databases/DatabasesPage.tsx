import { Button } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { useGet } from "../api/client";
import type { SqlSource } from "../api/types/databases";
import { useRight } from "../app/me";
import { Page } from "../ui/Page";
import { CardSkeletons, EmptyState, ErrorState, NoRight } from "../ui/states";
import { useAddress } from "../ui/useAddress";
import settings from "../ui/Settings.module.css";
import { SourceCard } from "./SourceCard";
import { SourceForm } from "./SourceForm";
import { useTexts } from "./texts";

const NEW = "new";

/** Databases of other systems that are read, for the administrator. */
export default function DatabasesPage() {
  const say = useTexts();
  const isAdmin = useRight("admin");
  const [search, put] = useAddress();
  const edited = search.get("edit");
  const { data, error, refetch } = useGet<{ items: SqlSource[] }>("/sql-sources", { enabled: isAdmin, every: 5_000 });
  const close = () => put("edit", null);
  const add = <Button onClick={() => put("edit", NEW)}>{say("new")}</Button>;
  return (
    <Page title={say("title")} crumb={{ title: say("imports"), to: "/imports" }} actions={isAdmin && edited === null && add}>
      {!isAdmin && <NoRight />}
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {isAdmin && !data && !error && <CardSkeletons cards={2} height={200} />}
      {data && (
        <>
          <p className={`${settings.intro} ks-muted`}>{say("intro")}</p>
          <div className={settings.stack}>
            {edited === NEW && <SourceForm source={null} onClose={close} />}
            {data.items.map((source) =>
              edited === String(source.id) ? (
                <SourceForm key={source.id} source={source} onClose={close} />
              ) : (
                <SourceCard key={source.id} source={source} onEdit={() => put("edit", source.id)} />
              ),
            )}
            {data.items.length === 0 && edited === null && (
              <EmptyState icon={IconDatabase} title={say("empty")} actions={add}>
                <p>{say("emptyText")}</p>
              </EmptyState>
            )}
          </div>
        </>
      )}
    </Page>
  );
}
