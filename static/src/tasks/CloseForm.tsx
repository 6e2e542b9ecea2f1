import { Button, Group, Kbd, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import type { Disposition, TaskCard } from "../api/types/tasks";
import { DayInput } from "../ui/DayInput";
import { localDay } from "../ui/localTime";
import { MoneyInput } from "../ui/MoneyInput";
import { ErrorState } from "../ui/states";
import { useAct } from "../ui/useAct";
import { useKeys } from "../ui/useKeys";
import classes from "./Tasks.module.css";
import { useTexts } from "./texts";

interface PromiseFields {
  amount: number | null;
  dueOn: string;
}

function PromiseForm({ value, onChange }: { value: PromiseFields; onChange: (value: PromiseFields) => void }) {
  const say = useTexts();
  return (
    <Group grow align="flex-start" gap="sm">
      <MoneyInput label={say("promise.amount")} required value={value.amount} onChange={(amount) => onChange({ ...value, amount })} data-autofocus />
      <DayInput label={say("promise.dueOn")} required minDate={localDay()} value={value.dueOn} onChange={(dueOn) => onChange({ ...value, dueOn })} />
    </Group>
  );
}

/** How the call ended. A key 1–9 chooses; what needs nothing more is closed with the remark typed so far. */
export function CloseForm({ task, onDone }: { task: TaskCard; onDone: () => void }) {
  const say = useTexts();
  const [chosen, setChosen] = useState<Disposition | null>(null);
  const [note, setNote] = useState("");
  const [promise, setPromise] = useState<PromiseFields>({ amount: task.loan.overdue || null, dueOn: localDay(3) });
  const close = useAct(
    (disposition: Disposition) =>
      api.post(`/tasks/${task.id}/close`, {
        disposition: disposition.key,
        note: note.trim(),
        ...(disposition.needs === "promise" && { promise: { amount: promise.amount, due_on: promise.dueOn } }),
      }),
    { refresh: ["/tasks", "/loans", "/home"], done: say("closed"), quiet: true, onDone },
  );
  const needsPromise = chosen?.needs === "promise";
  const isReady = chosen !== null && (!needsPromise || (promise.amount !== null && promise.dueOn !== ""));
  useKeys(
    task.dispositions.slice(0, 9).map((disposition, index) => ({
      keys: String(index + 1),
      title: disposition.title,
      run: () => setChosen(disposition),
    })),
  );
  return (
    <form
      className={classes.close}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen && isReady) close.mutate(chosen);
      }}
    >
      <h3>{say("how")}</h3>
      <div className={classes.dispositions} role="group" aria-label={say("how")}>
        {task.dispositions.map((disposition, index) => (
          <button
            key={disposition.key}
            type="button"
            className={classes.disposition}
            aria-pressed={chosen?.key === disposition.key}
            onClick={() => setChosen(disposition)}
          >
            {index < 9 && <Kbd size="xs">{index + 1}</Kbd>}
            {disposition.title}
          </button>
        ))}
      </div>
      {chosen && (
        <Stack gap="sm">
          {needsPromise && <PromiseForm value={promise} onChange={setPromise} />}
          <Textarea label={say("note")} autosize minRows={2} maxRows={6} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          {close.error && <ErrorState compact error={close.error} />}
          <Group justify="flex-end">
            <Button type="submit" disabled={!isReady} loading={close.isPending} autoFocus={!needsPromise}>
              {say("close", { result: chosen.title })}
            </Button>
          </Group>
        </Stack>
      )}
    </form>
  );
}
