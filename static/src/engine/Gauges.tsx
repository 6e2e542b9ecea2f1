import type { ReactNode } from "react";
import { Link } from "react-router";
import type { EngineState } from "../api/types/engine";
import { useFormat } from "../ui/useFormat";
import classes from "./Engine.module.css";
import { useTexts } from "./texts";

function Gauge({ title, value, help }: { title: string; value: ReactNode; help: string }) {
  return (
    <div className={classes.gauge}>
      <span className="ks-muted">{title}</span>
      <span className={classes.gaugeValue}>{value}</span>
      <span className={classes.gaugeHelp}>{help}</span>
    </div>
  );
}

export function Gauges({ engine }: { engine: EngineState }) {
  const say = useTexts();
  const { number, span } = useFormat();
  const moving = engine.stages.find((one) => one.stage === "advance");
  const speed = moving && moving.lately_micros > 0 ? moving.lately_cases / (moving.lately_micros / 1e6) : null;
  return (
    <section className={classes.gauges} aria-label={say("gauges.title")}>
      <Gauge title={say("gauges.lag")} value={engine.lag_seconds > 0 ? span(engine.lag_seconds) : say("gauges.noLag")} help={say("gauges.lagHelp")} />
      <Gauge title={say("gauges.speed")} value={speed === null ? "–" : number(speed, 0)} help={say("gauges.speedHelp")} />
      <Gauge title={say("gauges.due")} value={number(engine.due_cases)} help={say("gauges.dueHelp")} />
      <Gauge title={say("gauges.waiting")} value={number(engine.waiting_cases)} help={say("gauges.waitingHelp")} />
      <Gauge
        title={say("gauges.queued")}
        value={<Link to="/outbox?state=queued">{number(engine.queued_messages)}</Link>}
        help={say("gauges.queuedHelp")}
      />
      <Gauge
        title={say("gauges.signals")}
        value={number(engine.waiting_signals)}
        help={say("gauges.jobs", { running: number(engine.running_jobs), queued: number(engine.queued_jobs) })}
      />
    </section>
  );
}
