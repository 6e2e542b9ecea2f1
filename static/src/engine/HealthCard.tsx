import { IconAlertTriangle, IconCircleCheck, IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { EngineState } from "../api/types/engine";
import { useFormat } from "../ui/useFormat";
import { Instant } from "../ui/Values";
import classes from "./Engine.module.css";
import { useTexts } from "./texts";

const ICONS = { running: IconCircleCheck, late: IconAlertTriangle, stopped: IconPlugConnectedX };
const TONES = { running: "good", late: "warn", stopped: "bad" } as const;

/** The answer first: is all well, and what needs a person's decision. */
export function HealthCard({ engine }: { engine: EngineState }) {
  const say = useTexts();
  const { language, number, span } = useFormat();
  const state = engine.state === "late" || engine.state === "stopped" ? engine.state : "running";
  const Icon = ICONS[state];
  const decisions: [string, ReactNode][] = engine.paused.map((one) => [
    `paused-${one.scenario.id}`,
    <>
      <Link to={`/scenarios/${one.scenario.id}`}>{one.scenario.name}</Link>: {one.cause[language]}
    </>,
  ]);
  if (engine.set_aside > 0) {
    decisions.push(["aside", <a href="#set-aside">{say("health.setAside", { count: engine.set_aside, n: number(engine.set_aside) })}</a>]);
  }
  if (engine.state !== "stopped" && engine.leader === null) decisions.push(["leader", say("health.noLeader")]);
  for (const one of engine.processes) {
    if (one.alive && one.last_error) decisions.push([one.process, say("health.error", { process: one.process, error: one.last_error })]);
  }
  return (
    <section className={classes.health} data-tone={TONES[state]} aria-label={say("health.title")}>
      <Icon size={26} stroke={1.6} aria-hidden="true" />
      <div className={classes.healthText}>
        <h2>{say(`health.${state}`, { span: span(engine.lag_seconds), n: number(engine.due_cases) })}</h2>
        <p className="ks-muted">
          {say(state === "late" && engine.outbox_full ? "health.lateFullHelp" : `health.${state}Help`)}
          {state === "stopped" && engine.seen_at && (
            <>
              {" "}
              {say("health.since")} <Instant value={engine.seen_at} />.
            </>
          )}
        </p>
        {decisions.length > 0 ? (
          <>
            <h3>{say("health.decide")}</h3>
            <ul>
              {decisions.map(([key, words]) => (
                <li key={key}>{words}</li>
              ))}
            </ul>
          </>
        ) : (
          !engine.outbox_full && <p className={classes.calm}>{say("health.nothing")}</p>
        )}
      </div>
    </section>
  );
}
