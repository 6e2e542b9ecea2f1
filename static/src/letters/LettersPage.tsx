import { Button, NativeSelect } from "@mantine/core";
import { IconDownload, IconMailbox } from "@tabler/icons-react";
import { apiUrl, useGet } from "../api/client";
import type { LetterDays, Letters } from "../api/types/letters";
import { useRight } from "../app/me";
import { Page } from "../ui/Page";
import settings from "../ui/Settings.module.css";
import { CardSkeletons, EmptyState, ErrorState } from "../ui/states";
import { useAddress } from "../ui/useAddress";
import { useFormat } from "../ui/useFormat";
import { LetterTable } from "./LetterTable";
import { useTexts } from "./texts";

/** The letters of a day on their way to the post office and back. */
export default function LettersPage() {
  const say = useTexts();
  const { day: shown } = useFormat();
  const mayWork = useRight("outbox.work");
  const [search, put] = useAddress();
  const days = useGet<LetterDays>("/letters", { every: 30_000 });
  const day = search.get("day") ?? days.data?.items[0]?.day ?? null;
  const letters = useGet<Letters>(`/letters/${day ?? ""}`, { enabled: day !== null, keep: true });
  const error = days.error ?? letters.error;
  const download = (file: string, title: string) => (
    <Button component="a" href={apiUrl(`/letters/${day ?? ""}/${file}`)} download variant="default" leftSection={<IconDownload size={14} />}>
      {title}
    </Button>
  );
  return (
    <Page
      title={say("title")}
      crumb={{ title: say("outbox"), to: "/outbox" }}
      actions={
        mayWork &&
        day !== null && (
          <>
            {download("register.csv", say("register"))}
            {download("letters.zip", say("print"))}
          </>
        )
      }
    >
      {error && !letters.data && <ErrorState error={error} retry={() => void days.refetch()} />}
      {!days.data && !error && <CardSkeletons cards={1} height={200} />}
      {days.data?.items.length === 0 && (
        <EmptyState icon={IconMailbox} title={say("empty")}>
          <p>{say("emptyText")}</p>
        </EmptyState>
      )}
      {days.data && day !== null && (
        <>
          <p className={`${settings.intro} ks-muted`}>{say("intro")}</p>
          <div className={settings.stack}>
            <NativeSelect
              label={say("day")}
              value={day}
              data={days.data.items.map((one) => ({ value: one.day, label: say("dayChoice", { ...one, day: shown(one.day) }) }))}
              onChange={(event) => put("day", event.currentTarget.value)}
            />
            {letters.data && <LetterTable key={day} day={day} letters={letters.data.items} mayWork={mayWork} />}
          </div>
        </>
      )}
    </Page>
  );
}
