import { Button, Select, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, ApiError, useGet } from "../api/client";
import type { Problem } from "../api/types";
import type { MonitoringBoard, MonitoringCard } from "../api/types/monitoring";
import { useRight } from "../app/me";
import { RuleField } from "../rules/RuleField";
import type { Rule } from "../rules/rule";
import { Card, Page } from "../ui/Page";
import { notifyDone } from "../ui/notify";
import { CardSkeletons, ErrorState, ProblemList } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { WholeInput } from "../ui/WholeInput";
import { HistoryCard } from "./HistoryCard";
import classes from "./Monitoring.module.css";
import { useTexts } from "./texts";
import { TrialCard } from "./TrialCard";
import { WaitingCard } from "./WaitingCard";

function State({ card }: { card: MonitoringCard }) {
  const say = useTexts();
  const { day } = useFormat();
  if (!card.enabled) return <Label>{say("rule.off")}</Label>;
  return (
    <>
      <Label tone="good">{say("board.on")}</Label>
      <span className="ks-muted">{card.watched_since ? say("rule.watched", { day: day(card.watched_since) }) : say("rule.unwatched")}</span>
    </>
  );
}

function Editor({ card, signals }: { card: MonitoringCard | null; signals: MonitoringBoard["signals"] }) {
  const say = useTexts();
  const go = useNavigate();
  const mayEdit = useRight("scenario.edit");
  const [name, setName] = useState(card?.name ?? "");
  const [signal, setSignal] = useState(card?.signal_kind ?? signals[0]?.key ?? "");
  const [rule, setRule] = useState<Rule | null>(card?.rule ?? null);
  const [quiet, setQuiet] = useState<number | null>(card?.quiet_days ?? 0);
  const [isOn, setOn] = useState(card?.enabled ?? true);
  const body = { name, signal_kind: signal, rule: rule ?? { combinator: "and", rules: [] }, quiet_days: quiet ?? 0, enabled: isOn };
  const save = useAct(
    () => (card ? api.put<MonitoringCard>(`/monitoring/rules/${card.id}`, { ...body, revision: card.revision }) : api.post<MonitoringCard>("/monitoring/rules", body)),
    {
      refresh: ["/monitoring", "/fields"],
      quiet: true,
      onDone: (saved) => {
        notifyDone(say(saved.waiting.length > 0 ? "waiting.asked" : card ? "rule.saved" : "rule.made"));
        if (!card) void go(`/monitoring/rules/${saved.id}`, { replace: true });
      },
    },
  );
  const problems: readonly Problem[] = save.error instanceof ApiError ? save.error.problems : [];
  const wrong = (field: string) => problems.filter((one) => one.field === field || one.field?.startsWith(`${field}.`)).map((one) => one.text);
  return (
    <Page
      title={card?.name ?? say("rule.new")}
      crumb={{ title: say("board.title"), to: "/monitoring" }}
      state={card && <State card={card} />}
      actions={
        <>
          {card && (
            <Button component={Link} to={`/monitoring/firings?rule=${card.id}`} variant="default">
              {say("rule.seeFired")}
            </Button>
          )}
          {mayEdit && (
            <Button disabled={!name.trim()} loading={save.isPending} onClick={() => save.mutate(undefined)}>
              {say(card ? "rule.save" : "rule.make")}
            </Button>
          )}
        </>
      }
    >
      <div className={classes.columns}>
        <Card>
          <div className={classes.form}>
            {!mayEdit && <p className="ks-muted">{say("rule.readOnly")}</p>}
            {save.error && (
              <div className={classes.warning} role="alert">
                {problems.length > 0 ? say("rule.refused") : save.error.message}
                <ProblemList error={save.error} />
              </div>
            )}
            <TextInput label={say("rule.name")} value={name} maxLength={120} readOnly={!mayEdit} error={wrong("name").join(" ") || undefined} onChange={(event) => setName(event.currentTarget.value)} />
            <RuleField
              id="monitoring-rule"
              label={say("rule.condition")}
              rule={rule}
              optional={false}
              required
              readOnly={!mayEdit}
              errors={wrong("rule")}
              onChange={setRule}
            />
            <Select
              label={say("rule.signal")}
              description={say("rule.signalText")}
              allowDeselect={false}
              readOnly={!mayEdit}
              data={signals.map((one) => ({ value: one.key, label: one.title }))}
              value={signal}
              onChange={(value) => value && setSignal(value)}
            />
            <div>
              <WholeInput label={say("rule.quiet")} value={quiet} min={0} max={365} readOnly={!mayEdit} onChange={setQuiet} />
              <div className={classes.note}>{say("rule.quietText")}</div>
            </div>
            <Switch label={say("rule.enabled")} description={mayEdit && isOn && say("waiting.help")} checked={isOn} disabled={!mayEdit} onChange={(event) => setOn(event.currentTarget.checked)} />
          </div>
        </Card>
        <div className={classes.side}>
          {card && <WaitingCard changes={card.waiting} />}
          <TrialCard rule={rule} />
          {card && <HistoryCard versions={card.versions} />}
        </div>
      </div>
    </Page>
  );
}

/** One rule: what it watches for, how often it would have fired, what it was before. */
export default function RulePage({ id }: { id: string }) {
  const say = useTexts();
  const isNew = id === "new";
  const card = useGet<MonitoringCard>(`/monitoring/rules/${id}`, { enabled: !isNew });
  const board = useGet<MonitoringBoard>("/monitoring");
  const error = card.error ?? board.error;
  if (!board.data || (!isNew && !card.data)) {
    return (
      <Page title={say("rule.one")} crumb={{ title: say("board.title"), to: "/monitoring" }}>
        {error ? <ErrorState error={error} retry={() => void Promise.all([card.refetch(), board.refetch()])} /> : <CardSkeletons cards={2} height={320} />}
      </Page>
    );
  }
  return <Editor key={`${id} ${card.data?.revision ?? 0}`} card={card.data ?? null} signals={board.data.signals} />;
}
