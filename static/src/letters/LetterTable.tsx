import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, apiUrl } from "../api/client";
import type { Letter } from "../api/types/letters";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { useAct } from "../ui/useAct";
import { DayText } from "../ui/Values";
import classes from "./Letters.module.css";
import { useTexts } from "./texts";

/** What the post says of one letter, written down or read. */
function Post({ letter, mayWork }: { letter: Letter; mayWork: boolean }) {
  const say = useTexts();
  const [tracking, setTracking] = useState(letter.tracking ?? "");
  const [outcome, setOutcome] = useState(letter.outcome ?? "none");
  const isChanged = tracking !== (letter.tracking ?? "") || outcome !== (letter.outcome ?? "none");
  const save = useAct(
    () => api.put(`/letters/${letter.day}/${letter.number}`, { tracking: tracking || null, outcome: outcome === "none" ? null : outcome }),
    { refresh: ["/letters", "/outbox"], done: say("saved") },
  );
  if (!mayWork)
    return (
      <>
        {letter.tracking ?? "–"} · {say(`outcomes.${letter.outcome ?? "none"}`)}
      </>
    );
  return (
    <form
      className={classes.post}
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) save.mutate(undefined);
      }}
    >
      <TextInput
        size="xs"
        aria-label={say("trackingOf", { number: letter.number })}
        placeholder="80000000000000"
        maxLength={20}
        value={tracking}
        onChange={(event) => setTracking(event.currentTarget.value)}
      />
      <NativeSelect
        size="xs"
        aria-label={say("outcomeOf", { number: letter.number })}
        value={outcome}
        data={(["none", "delivered", "returned"] as const).map((value) => ({ value, label: say(`outcomes.${value}`) }))}
        onChange={(event) => setOutcome(event.currentTarget.value)}
      />
      <Button type="submit" size="compact-sm" variant="default" disabled={!isChanged} loading={save.isPending}>
        {say("save")}
      </Button>
      {letter.outcome_on && (
        <span className="ks-muted">
          <DayText value={letter.outcome_on} />
        </span>
      )}
    </form>
  );
}

/** The letters of a day. */
export function LetterTable({ day, letters, mayWork }: { day: string; letters: Letter[]; mayWork: boolean }) {
  const say = useTexts();
  const columns: Column<Letter>[] = [
    {
      key: "number",
      title: say("columns.number"),
      render: (row) => (mayWork ? <a href={apiUrl(`/letters/${day}/${row.number}.pdf`)}>{row.number}</a> : row.number),
    },
    { key: "addressee", title: say("columns.addressee"), wrap: true, render: (row) => row.addressee ?? say("hidden") },
    { key: "address", title: say("columns.address"), wrap: true, render: (row) => row.address ?? say("hidden") },
    { key: "sheets", title: say("columns.sheets"), render: (row) => row.sheets },
    { key: "post", title: say("columns.outcome"), wrap: true, render: (row) => <Post letter={row} mayWork={mayWork} /> },
  ];
  return <DataTable label={say("title")} columns={columns} rows={letters} rowKey={(row) => row.number} empty={null} />;
}
