import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { useUiTexts } from "../texts";
import type { ListState } from "../useListState";
import type { Column } from "./columns";

interface Options<Row> {
  rows: readonly Row[] | undefined;
  /** Other filters or another search let everything go: nobody acts on rows that they do not see in the list. */
  state: ListState;
  /** What a row is called, for those who do not see it. */
  name: (row: Row) => string;
  mayChoose: (row: Row) => boolean;
}

interface Chosen<Row> {
  ids: readonly number[];
  /** The first column of the table: a tick for each row, and one for all of the page. */
  column: Column<Row>;
  clear: () => void;
}

/** Rows that the person ticks to do one thing with all of them; they stay ticked while the pages are turned. */
export function useChosen<Row extends { id: number }>({ rows = [], state, name, mayChoose }: Options<Row>): Chosen<Row> {
  const say = useUiTexts();
  const within = JSON.stringify([state.q, state.filters]);
  const [kept, setKept] = useState<{ within: string; ids: readonly number[] }>({ within, ids: [] });
  const ids = kept.within === within ? kept.ids : [];
  const offered = rows.filter(mayChoose).map((row) => row.id);
  const ticked = offered.filter((id) => ids.includes(id));

  const tick = (some: readonly number[], isOn: boolean) => {
    const others = ids.filter((id) => !some.includes(id));
    setKept({ within, ids: isOn ? [...others, ...some] : others });
  };
  const column: Column<Row> = {
    key: "chosen",
    title: say("choose.all"),
    card: "mark",
    head: (
      <Checkbox
        size="xs"
        aria-label={say("choose.all")}
        disabled={offered.length === 0}
        checked={offered.length > 0 && ticked.length === offered.length}
        indeterminate={ticked.length > 0 && ticked.length < offered.length}
        onChange={(event) => tick(offered, event.currentTarget.checked)}
      />
    ),
    render: (row) => (
      <Checkbox
        size="xs"
        aria-label={say("choose.one", { name: name(row) })}
        disabled={!mayChoose(row)}
        checked={ids.includes(row.id)}
        onChange={(event) => tick([row.id], event.currentTarget.checked)}
      />
    ),
  };
  return { ids, column, clear: () => setKept({ within, ids: [] }) };
}
