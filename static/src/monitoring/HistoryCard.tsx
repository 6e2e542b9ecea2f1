import type { RuleSaid } from "../api/types/monitoring";
import { Card } from "../ui/Page";
import { Label } from "../ui/Tone";
import { useFormat } from "../ui/useFormat";
import classes from "./Monitoring.module.css";
import { useTexts } from "./texts";

/** What the rule was, the newest first: who changed it, and when. */
export function HistoryCard({ versions }: { versions: readonly RuleSaid[] }) {
  const say = useTexts();
  const { instantFull } = useFormat();
  return (
    <Card title={say("rule.history")}>
      <ol className={classes.versions}>
        {versions.map((one) => (
          <li key={one.revision}>
            <div>
              <strong>{say("rule.version", { n: one.revision })}</strong> <Label tone={one.enabled ? "good" : "quiet"}>{say(one.enabled ? "board.on" : "board.off")}</Label>{" "}
              <span className="ks-muted">{say("rule.by", { who: one.changed_by, when: instantFull(one.changed_at) })}</span>
            </div>
            <div>{one.name}</div>
            <div className="ks-muted">
              {one.words} → {one.signal}
              {one.quiet_days > 0 && `, ${say("rule.quietFor", { count: one.quiet_days })}`}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
