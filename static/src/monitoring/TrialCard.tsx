import { Button, Progress, Skeleton } from "@mantine/core";
import dayjs from "dayjs";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import type { MonitoringTrial } from "../api/types/monitoring";
import { isComplete, readRule, type Rule } from "../rules/rule";
import { localDay } from "../ui/localTime";
import { Card } from "../ui/Page";
import { ErrorState } from "../ui/states";
import { useFormat } from "../ui/useFormat";
import classes from "./Monitoring.module.css";
import { useTexts } from "./texts";

const TimePlot = lazy(() => import("../ui/plot/TimePlot"));
const DAYS = 30;
/** Days of one request: a large registry takes seconds for a day. */
const STEP = 3;

interface Trial extends MonitoringTrial {
  done: number;
  isRunning: boolean;
  error: Error | null;
}

/** Asks for the last days bit by bit; `stop` leaves what is there. */
function useTrial(rule: Rule | null) {
  const [trial, setTrial] = useState<Trial | null>(null);
  const run = useRef(0);
  const signature = JSON.stringify(rule);
  useEffect(() => {
    run.current += 1;
    setTrial(null);
  }, [signature]);
  useEffect(() => () => void (run.current += 1), []);
  const stop = () => {
    run.current += 1;
    setTrial((former) => former && { ...former, isRunning: false });
  };
  const start = async () => {
    const mine = ++run.current;
    const today = localDay();
    let found: Trial = { days: [], by_today: [], done: 0, isRunning: true, error: null };
    setTrial(found);
    for (let done = 0; done < DAYS && run.current === mine; done += STEP) {
      const dayAt = (place: number) => dayjs(today).subtract(DAYS - 1 - place, "day").format("YYYY-MM-DD");
      try {
        const part = await api.post<MonitoringTrial>("/monitoring/trial", { rule, first: dayAt(done), last: dayAt(done + STEP - 1) });
        found = { ...found, days: [...found.days, ...part.days], by_today: part.by_today, done: done + STEP, isRunning: done + STEP < DAYS };
      } catch (error) {
        found = { ...found, isRunning: false, error: error as Error };
      }
      if (run.current === mine) setTrial(found);
      if (found.error) return;
    }
  };
  return { trial, start, stop };
}

function Found({ trial }: { trial: Trial }) {
  const say = useTexts();
  const { number } = useFormat();
  const all = trial.days.reduce((sum, one) => sum + one.fired, 0);
  const label = say("rule.total", { count: all, n: number(all), days: trial.days.length });
  if (trial.days.length === 0) return trial.isRunning ? null : <p className="ks-muted">{say("rule.unknown")}</p>;
  return (
    <>
      <p aria-live="polite">
        <strong>{label}</strong>
      </p>
      <Suspense fallback={<Skeleton height={170} />}>
        <TimePlot
          label={label}
          height={170}
          unit="day"
          times={trial.days.map((one) => Date.parse(`${one.day}T00:00:00Z`) / 1000)}
          series={[{ name: say("rule.fired"), values: trial.days.map((one) => one.fired), show: number, kind: "bars" }]}
        />
      </Suspense>
      {trial.by_today.length > 0 && <p className={classes.note}>{say("rule.byToday", { fields: trial.by_today.join(", ") })}</p>}
    </>
  );
}

/** How often the condition, saved or not, would have fired. */
export function TrialCard({ rule }: { rule: Rule | null }) {
  const say = useTexts();
  const { trial, start, stop } = useTrial(rule);
  const group = readRule(rule);
  const isReady = group.rules.length > 0 && isComplete(group);
  return (
    <Card
      title={say("rule.trial")}
      aside={
        trial?.isRunning ? (
          <Button size="compact-sm" variant="default" onClick={stop}>
            {say("rule.stop")}
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" disabled={!isReady} onClick={() => void start()}>
            {say(trial ? "rule.again" : "rule.try")}
          </Button>
        )
      }
    >
      {trial?.isRunning && (
        <>
          <Progress value={(100 * trial.done) / DAYS} aria-label={say("rule.trial")} />
          <p className={classes.note}>{say("rule.trying", { done: trial.done, days: DAYS })}</p>
        </>
      )}
      {trial?.error && <ErrorState compact error={trial.error} retry={() => void start()} />}
      {trial ? <Found trial={trial} /> : <p className={classes.note}>{say("rule.tryText")}</p>}
    </Card>
  );
}
