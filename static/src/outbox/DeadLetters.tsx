import { Button } from "@mantine/core";
import { api } from "../api/client";
import { ask, confirm } from "../ui/confirm";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import classes from "./Outbox.module.css";
import { useTexts } from "./texts";

interface Done {
  done: number;
}

/** The messages of this page that reached nobody: send them again, or put them away with a reason. */
export function DeadLetters({ ids }: { ids: number[] }) {
  const say = useTexts();
  const { number } = useFormat();
  const refresh = ["/outbox", "/home"];
  const said = (key: "manyRetried" | "manyDismissed") => (result: Done) => say(key, { count: result.done, n: number(result.done) });
  const retry = useAct(() => api.post<Done>("/outbox/retry", { ids }), { refresh, done: said("manyRetried") });
  const dismiss = useAct((reason: string) => api.post<Done>("/outbox/dismiss", { ids, reason }), { refresh, done: said("manyDismissed") });
  const onRetry = async () => {
    const question = { title: say("manyTitle", { n: number(ids.length) }), text: say("manyText"), action: say("retryPage") };
    if (await confirm(question)) retry.mutate(undefined);
  };
  const onDismiss = async () => {
    const reason = await ask({ title: say("dismissTitle"), text: say("dismissText"), label: say("reason"), action: say("dismiss"), required: true, multiline: true });
    if (reason) dismiss.mutate(reason);
  };
  return (
    <div className={classes.dead} role="group" aria-label={say("dead", { count: ids.length, n: number(ids.length) })}>
      <span>{say("dead", { count: ids.length, n: number(ids.length) })}</span>
      <Button size="xs" variant="light" loading={retry.isPending} onClick={() => void onRetry()}>
        {say("retryPage")}
      </Button>
      <Button size="xs" variant="default" loading={dismiss.isPending} onClick={() => void onDismiss()}>
        {say("dismissMany")}
      </Button>
    </div>
  );
}
