import { IconMailPause } from "@tabler/icons-react";
import { Link } from "react-router";
import type { EngineState } from "../api/types/engine";
import { useFormat } from "../ui/useFormat";
import classes from "./Engine.module.css";
import { useTexts } from "./texts";

/** The outbox has no room: what waits because of it, and what a person can do. */
export function OutboxFull({ engine }: { engine: EngineState }) {
  const say = useTexts();
  const { number } = useFormat();
  return (
    <section className={classes.health} data-tone="warn" aria-label={say("full.title")}>
      <IconMailPause size={26} stroke={1.6} aria-hidden="true" />
      <div className={classes.healthText}>
        <h2>{say("full.title")}</h2>
        <p className="ks-muted">{say("full.happens", { count: engine.queued_messages, n: number(engine.queued_messages), most: number(engine.outbox_most) })}</p>
        <h3>{say("full.what")}</h3>
        <ul>
          <li>
            <Link to="/outbox?state=queued">{say("full.look")}</Link>
          </li>
          <li>{say("full.workers")}</li>
          <li>{say("full.more")}</li>
        </ul>
      </div>
    </section>
  );
}
