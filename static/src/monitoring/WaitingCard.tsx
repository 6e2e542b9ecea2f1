import { Button, Group } from "@mantine/core";
import { Link } from "react-router";
import { api } from "../api/client";
import type { RuleChange } from "../api/types/monitoring";
import { useRight } from "../app/me";
import { ask } from "../ui/confirm";
import { Card } from "../ui/Page";
import { useAct } from "../ui/useAct";
import { Instant } from "../ui/Values";
import classes from "./Monitoring.module.css";
import { useTexts } from "./texts";

function Difference({ of }: { of: RuleChange["differences"][number] }) {
  const say = useTexts();
  const shown = (value: string) => (of.part === "enabled" ? say(value === "on" ? "board.on" : "board.off") : value);
  return (
    <div>
      <span className="ks-muted">{say(`waiting.parts.${of.part}`)}:</span> {of.before !== null && <del>{shown(of.before)}</del>}
      {of.before !== null && " → "}
      {of.before === null ? shown(of.after) : <ins>{shown(of.after)}</ins>}
    </div>
  );
}

function Change({ change, isNamed }: { change: RuleChange; isNamed: boolean }) {
  const say = useTexts();
  const mayDecide = useRight("scenario.review");
  const refresh = ["/monitoring", "/fields", "/home"];
  const approve = useAct(() => api.post(`/monitoring/changes/${change.id}/approval`), { refresh, done: say("waiting.approved") });
  const reject = useAct((reason: string) => api.post(`/monitoring/changes/${change.id}/rejection`, { reason }), { refresh, done: say("waiting.rejected") });
  const refusal = say(change.own ? "waiting.takeBack" : "waiting.reject");
  const refuse = async () => {
    const reason = await ask({ title: refusal, label: say("waiting.why"), action: refusal, required: true });
    if (reason) reject.mutate(reason);
  };
  return (
    <li>
      {isNamed && (
        <div>
          <Link to={`/monitoring/rules/${change.rule.id}`}>{change.rule.name}</Link>
        </div>
      )}
      {change.differences.map((one) => (
        <Difference key={one.part} of={one} />
      ))}
      <div className="ks-muted">
        {say("waiting.askedBy", { who: change.asked_by })}, <Instant value={change.asked_at} />
        {change.own && ` · ${say("waiting.own")}`}
      </div>
      <Group gap="xs" mt={4}>
        {mayDecide && !change.own && (
          <Button size="compact-sm" loading={approve.isPending} onClick={() => approve.mutate(undefined)}>
            {say("waiting.approve")}
          </Button>
        )}
        {(mayDecide || change.own) && (
          <Button size="compact-sm" variant="default" loading={reject.isPending} onClick={() => void refuse()}>
            {refusal}
          </Button>
        )}
      </Group>
    </li>
  );
}

/** Changes of rules that wait for a second person, part by part; nothing when there are none. */
export function WaitingCard({ changes, isNamed = false, className }: { changes: readonly RuleChange[]; isNamed?: boolean; className?: string | undefined }) {
  const say = useTexts();
  if (changes.length === 0) return null;
  return (
    <Card title={say("waiting.title")} {...(className && { className })}>
      <ol className={classes.versions}>
        {changes.map((change) => (
          <Change key={change.id} change={change} isNamed={isNamed} />
        ))}
      </ol>
    </Card>
  );
}
