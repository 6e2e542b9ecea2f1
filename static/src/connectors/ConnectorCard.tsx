import { Button, Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Link } from "react-router";
import { api } from "../api/client";
import type { Connector } from "../api/types/connectors";
import { useRight } from "../app/me";
import { Facts } from "../ui/Facts";
import { Card } from "../ui/Page";
import settings from "../ui/Settings.module.css";
import { useUiTexts } from "../ui/texts";
import { Label, type Tone } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Instant } from "../ui/Values";
import { ConnectorForm } from "./ConnectorForm";
import classes from "./Connectors.module.css";
import { useTexts } from "./texts";

const TimePlot = lazy(() => import("../ui/plot/TimePlot"));
const SHOWN = 6;

interface Health {
  tone: Tone;
  key: "health.sandbox" | "health.sealed" | "health.open" | "health.half_open" | "health.paused" | "health.live";
}

function health(connector: Connector): Health {
  if (connector.is_sandbox || connector.mode === "sandbox") return { tone: "quiet", key: "health.sandbox" };
  if (connector.sealed) return { tone: "bad", key: "health.sealed" };
  if (connector.breaker === "open") return { tone: "bad", key: "health.open" };
  if (connector.breaker === "half_open") return { tone: "warn", key: "health.half_open" };
  if (connector.paused_until) return { tone: "warn", key: "health.paused" };
  return { tone: "good", key: "health.live" };
}

/** Nothing has gone through it of late, and nothing is about to. */
function isIdle({ mode, waiting, hours, answers, refused_day }: Connector): boolean {
  return mode === "sandbox" && waiting === 0 && hours.length === 0 && answers.length === 0 && refused_day === 0;
}

function Figures({ connector }: { connector: Connector }) {
  const say = useTexts();
  const { number, money } = useFormat();
  const { day } = connector;
  const those = (state: string) => `/outbox?connector=${connector.key}&state=${state}`;
  const counted = (title: "waiting" | "failed" | "undelivered", count: number, state: string) => ({
    title: say(title),
    value: count > 0 ? <Link to={those(state)}>{number(count)}</Link> : number(count),
  });
  return (
    <Facts
      facts={[
        counted("waiting", connector.waiting, "queued,sending"),
        { title: say("sent"), value: number(day.sent) },
        { title: say("retried"), value: number(day.retried) },
        counted("failed", day.failed, "failed"),
        { title: say("delivered"), value: number(day.delivered) },
        counted("undelivered", day.undelivered, "undelivered"),
        { title: say("cost"), value: money(day.cost) },
        ...(connector.refused_day > 0 ? [{ title: say("refusedHooks"), value: number(connector.refused_day) }] : []),
        ...(connector.good_at ? [{ title: say("goodAt"), value: <Instant value={connector.good_at} /> }] : []),
        ...(connector.bad_at ? [{ title: say("badAt"), value: <Instant value={connector.bad_at} /> }] : []),
      ]}
    />
  );
}

function Chart({ connector }: { connector: Connector }) {
  const say = useTexts();
  const { number } = useFormat();
  const { hours, day } = connector;
  if (hours.length === 0) return null;
  return (
    <Suspense fallback={<Skeleton height={150} />}>
      <TimePlot
        label={say("chart", { sent: number(day.sent), failed: number(day.failed) })}
        height={150}
        unit="hour"
        times={hours.map((one) => Date.parse(one.hour) / 1000)}
        series={[
          { name: say("sent"), values: hours.map((one) => one.sent), show: number, kind: "bars" },
          { name: say("delivered"), values: hours.map((one) => one.delivered), show: number, kind: "none" },
          { name: say("failed"), values: hours.map((one) => one.failed), show: number, kind: "none" },
          { name: say("retried"), values: hours.map((one) => one.retried), show: number, kind: "none" },
        ]}
      />
    </Suspense>
  );
}

function Answers({ connector }: { connector: Connector }) {
  const say = useTexts();
  if (connector.answers.length === 0) return null;
  return (
    <div>
      <h3 className={classes.subtitle}>{say("answers")}</h3>
      <ul className={classes.answers}>
        {connector.answers.slice(0, SHOWN).map((one) => (
          <li key={`${one.at} ${one.kind} ${one.text}`}>
            <Instant value={one.at} /> <Label tone={one.kind === "accepted" ? "good" : one.kind === "uncertain" ? "warn" : "bad"}>{say(`kinds.${one.kind}`)}</Label>{" "}
            <span className={classes.said}>{one.text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface Props {
  connector: Connector;
  isEdited: boolean;
  onEdit: (isEdited: boolean) => void;
}

/** One connector: whether messages leave through it, how that goes, and its settings. */
export function ConnectorCard({ connector, isEdited, onEdit }: Props) {
  const say = useTexts();
  const ui = useUiTexts();
  const isAdmin = useRight("admin");
  const tryNow = useAct(() => api.post(`/connectors/${connector.key}/try`), { refresh: ["/connectors"], done: say("tryDone") });
  const { tone, key } = health(connector);
  const idle = isIdle(connector);
  const next = connector.retry_at ?? connector.paused_until;
  const isHeld = connector.mode === "live" && (connector.breaker !== "closed" || connector.paused_until !== null);
  return (
    <Card title={connector.title} aside={<Label tone={tone}>{say(key)}</Label>} className={idle ? undefined : classes.wide}>
      <div className={classes.card}>
        <p className="ks-muted">{connector.channels.map((channel) => ui.known(`channels.${channel}`)).join(" · ")}</p>
        {isHeld && (
          <p className={classes.held} role="status">
            {connector.breaker !== "closed" ? say("opened", { count: connector.failures }) : say("pausedText")}{" "}
            {next &&
              (Date.parse(next) > Date.now() ? (
                <>
                  {say("nextTry")} <Instant value={next} />
                </>
              ) : (
                say("nextMessage")
              ))}
          </p>
        )}
        {!idle && (
          <div className={classes.busy}>
            <Figures connector={connector} />
            <div className={classes.told}>
              <Chart connector={connector} />
              <Answers connector={connector} />
            </div>
          </div>
        )}
        {isAdmin && !connector.is_sandbox && !isEdited && (
          <div className={settings.buttons}>
            <Button variant="default" onClick={() => onEdit(true)}>
              {say("edit")}
            </Button>
            {isHeld && (
              <Button variant="light" loading={tryNow.isPending} onClick={() => tryNow.mutate(undefined)}>
                {say("tryNow")}
              </Button>
            )}
          </div>
        )}
        {isEdited && isAdmin && !connector.is_sandbox && <ConnectorForm connector={connector} onClose={() => onEdit(false)} />}
      </div>
    </Card>
  );
}
