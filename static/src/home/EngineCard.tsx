import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Home } from "../api/types/home";
import { useRight } from "../app/me";
import { Card } from "../ui/Page";
import { StateBadge } from "../ui/StateBadge";
import { Count, Instant } from "../ui/Values";
import { useFormat } from "../ui/useFormat";
import classes from "./Home.module.css";
import { useTexts } from "./texts";

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <span>
      <span className="ks-muted">{title}</span>
      <strong>{children}</strong>
    </span>
  );
}

/** The heartbeat: does the engine run, and does it keep up. */
export function EngineCard({ engine }: { engine: Home["engine"] }) {
  const say = useTexts();
  const { span, number } = useFormat();
  const mayOpen = useRight("engine.read");
  return (
    <Card
      className={classes.full}
      title={
        <>
          {say("engine.title")} <StateBadge of="engine" state={engine.state} />
        </>
      }
      aside={mayOpen && <Link to="/engine">{say("engine.open")}</Link>}
    >
      <div className={classes.engineFacts}>
        <Fact title={say("engine.seen")}>
          <Instant value={engine.seen_at} />
        </Fact>
        <Fact title={say("engine.tick")}>
          <Instant value={engine.last_tick_at} />
          {engine.last_tick_ms !== null && <span className="ks-muted"> · {say("engine.ms", { ms: number(engine.last_tick_ms) })}</span>}
        </Fact>
        <Fact title={say("engine.lag")}>{engine.lag_seconds > 0 ? span(engine.lag_seconds) : say("engine.noLag")}</Fact>
        <Fact title={say("engine.due")}>
          <Count value={engine.due_cases} />
        </Fact>
      </div>
    </Card>
  );
}
