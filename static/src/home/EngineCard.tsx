import { Link } from "react-router";
import type { Home } from "../api/types";
import { useRight } from "../app/me";
import { Facts } from "../ui/Facts";
import { Card } from "../ui/Page";
import { StateBadge } from "../ui/StateBadge";
import { Count, Instant } from "../ui/Values";
import { useFormat } from "../ui/useFormat";
import classes from "./Home.module.css";
import { useTexts } from "./texts";

/** The heartbeat: does the engine run, and does it keep up. */
export function EngineCard({ engine }: { engine: Home["engine"] }) {
  const say = useTexts();
  const { span, number } = useFormat();
  const mayOpen = useRight("engine.read");
  const tick =
    engine.last_tick_ms === null ? null : <span className="ks-muted"> · {say("engine.ms", { ms: number(engine.last_tick_ms) })}</span>;
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
        <Facts facts={[{ title: say("engine.seen"), value: <Instant value={engine.seen_at} /> }]} />
        <Facts
          facts={[
            {
              title: say("engine.tick"),
              value: (
                <>
                  <Instant value={engine.last_tick_at} />
                  {tick}
                </>
              ),
            },
          ]}
        />
        <Facts facts={[{ title: say("engine.lag"), value: engine.lag_seconds > 0 ? span(engine.lag_seconds) : say("engine.noLag") }]} />
        <Facts facts={[{ title: say("engine.due"), value: <Count value={engine.due_cases} /> }]} />
      </div>
    </Card>
  );
}
