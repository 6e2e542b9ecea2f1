import { Button, CloseButton, Select } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { notifyDone, notifyRefused } from "../ui/notify";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import classes from "./Tasks.module.css";
import { useTexts } from "./texts";
import { useOperators } from "./useOperators";

interface Answer {
  assigned: number[];
  refused: { task: number; message: string }[];
}

/** The ticked tasks go to one person, or back to their queues. */
export function AssignMany({ ids, onDone }: { ids: readonly number[]; onDone: () => void }) {
  const say = useTexts();
  const { number } = useFormat();
  const operators = useOperators();
  const [chosen, setChosen] = useState<string | null>(null);
  const nameOf = (name: string | null) => operators.find((one) => one.value === name)?.label ?? name ?? "";

  const tell = (assignee: string | null, { assigned, refused }: Answer) => {
    const count = assigned.length;
    if (count > 0) {
      const values = { count, n: number(count), who: nameOf(assignee) };
      notifyDone(assignee === null ? say("many.returned", values) : say("many.assigned", values));
    }
    if (refused.length > 0) {
      const why = [...new Set(refused.map((one) => one.message))].join(" ");
      notifyRefused(say("many.refused", { count: refused.length, n: number(refused.length), why }));
    }
    onDone();
  };
  const assign = useAct(
    async (assignee: string | null) => tell(assignee, await api.post<Answer>("/tasks/assign", { tasks: ids, assignee })),
    { refresh: ["/tasks", "/home"] },
  );
  return (
    <div className={classes.many} role="toolbar" aria-label={say("many.title")}>
      <strong>{say("many.chosen", { count: ids.length, n: number(ids.length) })}</strong>
      <Select
        aria-label={say("many.whom")}
        placeholder={say("many.whom")}
        searchable
        w={200}
        value={chosen}
        data={operators}
        onChange={setChosen}
        comboboxProps={{ position: "top" }}
      />
      <Button disabled={chosen === null} loading={assign.isPending} onClick={() => assign.mutate(chosen)}>
        {say("many.assign")}
      </Button>
      <Button variant="default" disabled={assign.isPending} onClick={() => assign.mutate(null)}>
        {say("many.return")}
      </Button>
      <CloseButton aria-label={say("many.clear")} title={say("many.clear")} onClick={onDone} />
    </div>
  );
}
