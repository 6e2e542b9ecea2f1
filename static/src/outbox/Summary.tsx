import type { OutboxSummary } from "../api/types/outbox";
import { useUiTexts } from "../ui/texts";
import { useFormat } from "../ui/useFormat";
import classes from "./Outbox.module.css";
import { useTexts } from "./texts";

interface Props {
  summary: OutboxSummary;
  chosen: string | undefined;
  onChoose: (channel: string | null) => void;
}

/** What each channel wrote today, and what waits or failed; a channel narrows the list to itself. */
export function Summary({ summary, chosen, onChoose }: Props) {
  const say = useTexts();
  const ui = useUiTexts();
  const { number, money } = useFormat();
  return (
    <div className={classes.summary} role="group" aria-label={say("byChannel")}>
      {summary.channels.map((one) => (
        <button
          key={one.channel}
          type="button"
          className={classes.channel}
          aria-pressed={chosen === one.channel}
          onClick={() => onChoose(chosen === one.channel ? null : one.channel)}
        >
          <span className={classes.channelName}>{ui.known(`channels.${one.channel}`)}</span>
          <span className={classes.channelSent}>{number(one.today)}</span>
          <span className="ks-muted">{say("parts", { queued: number(one.queued + one.sending) })}</span>
          {one.cost > 0 && <span className="ks-muted">{say("costToday", { sum: money(one.cost) })}</span>}
          {one.failed > 0 && <span className={classes.failed}>{say("failed", { count: one.failed, n: number(one.failed) })}</span>}
        </button>
      ))}
    </div>
  );
}
