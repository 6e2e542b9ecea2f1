import { Button, CloseButton, TextInput } from "@mantine/core";
import { IconArrowRight, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { MappingSource } from "../api/types/imports";
import classes from "./Imports.module.css";
import { useTexts } from "./texts";

type Values = NonNullable<MappingSource["values"]>;
type Pair = readonly [from: string, to: string];

function asPairs(values: Values): Pair[] {
  return Object.entries(values).map(([from, to]) => [from, to === null ? "" : String(to)]);
}

function asValues(pairs: readonly Pair[]): Values {
  return Object.fromEntries(pairs.filter(([from]) => from !== "").map(([from, to]) => [from, to === "" ? null : to]));
}

/** What a cell says, and what is read in its place: «-2» is «0», «нет» is nothing. */
export function ReplacedValues({ values, onChange }: { values: Values; onChange: (values: Values) => void }) {
  const say = useTexts();
  const [pairs, setPairs] = useState(() => asPairs(values));
  const change = (next: Pair[]) => {
    setPairs(next);
    onChange(asValues(next));
  };
  const put = (at: number, pair: Pair) => change(pairs.map((one, index) => (index === at ? pair : one)));
  return (
    <div>
      <div className={classes.optionTitle}>{say("values.title")}</div>
      {pairs.map(([from, to], index) => (
        <div key={index} className={classes.pair}>
          <TextInput size="xs" aria-label={say("values.from")} placeholder={say("values.from")} value={from} onChange={(event) => put(index, [event.currentTarget.value, to])} />
          <IconArrowRight size={13} aria-hidden="true" />
          <TextInput size="xs" aria-label={say("values.to")} placeholder={say("values.nothing")} value={to} onChange={(event) => put(index, [from, event.currentTarget.value])} />
          <CloseButton size="sm" aria-label={say("values.remove")} onClick={() => change(pairs.filter((_, other) => other !== index))} />
        </div>
      ))}
      <Button variant="subtle" size="compact-xs" leftSection={<IconPlus size={13} />} onClick={() => setPairs([...pairs, ["", ""]])}>
        {say("values.add")}
      </Button>
    </div>
  );
}
