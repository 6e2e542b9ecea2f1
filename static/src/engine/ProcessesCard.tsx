import type { EngineProcess } from "../api/types/engine";
import { Card } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { Dot, Label } from "../ui/Tone";
import { useFormat } from "../ui/useFormat";
import { Instant } from "../ui/Values";
import classes from "./Engine.module.css";
import { useTexts } from "./texts";

/** The processes that run the engine and when each was seen last. */
export function ProcessesCard({ processes }: { processes: readonly EngineProcess[] }) {
  const say = useTexts();
  const { number } = useFormat();
  return (
    <Card className={classes.wide} title={say("processes.title")}>
      {processes.length === 0 && (
        <EmptyState compact title={say("processes.none")}>
          <p>{say("processes.noneText")}</p>
        </EmptyState>
      )}
      {processes.map((one) => (
        <div key={one.process} className={classes.process}>
          <Dot tone={one.alive ? "good" : "bad"} />
          <div className={classes.processText}>
            <span>
              <strong>{one.process}</strong> {one.leads && <Label tone="accent">{say("processes.leads")}</Label>}
            </span>
            <span className="ks-muted">
              {say(one.alive ? "processes.seen" : "processes.gone")} <Instant value={one.seen_at} />
              {one.retries > 0 && ` · ${say("processes.retries", { count: one.retries, n: number(one.retries) })}`}
              {one.last_tick_ms !== null && ` · ${say("processes.tick", { ms: number(one.last_tick_ms) })}`}
            </span>
            {one.last_error && <span className={classes.bad}>{one.last_error}</span>}
          </div>
        </div>
      ))}
    </Card>
  );
}
