import type { TaskCard } from "../api/types/tasks";
import { StateBadge } from "../ui/StateBadge";
import { useUiTexts } from "../ui/texts";
import { DayText, Instant, Money } from "../ui/Values";
import classes from "./Tasks.module.css";
import { useTexts } from "./texts";

const SHOWN = 5;

/** What was paid, promised and said lately: enough to talk. */
export function History({ task }: { task: TaskCard }) {
  const say = useTexts();
  const ui = useUiTexts();
  return (
    <>
      <section className={classes.history}>
        <h3>{say("payments")}</h3>
        {task.payments.length === 0 && <p className="ks-muted">{say("none")}</p>}
        {task.payments.slice(0, SHOWN).map((one) => (
          <div key={one.id}>
            <Instant value={one.paid_at} />
            <Money value={one.amount} full />
          </div>
        ))}
      </section>
      <section className={classes.history}>
        <h3>{say("promises")}</h3>
        {task.promises.length === 0 && <p className="ks-muted">{say("none")}</p>}
        {task.promises.slice(0, SHOWN).map((one) => (
          <div key={one.id}>
            <span>
              <DayText value={one.due_on} /> · <Money value={one.amount} full />
            </span>
            <StateBadge of="promise" state={one.state} />
          </div>
        ))}
      </section>
      <section className={classes.history}>
        <h3>{say("contacts")}</h3>
        {task.contacts.length === 0 && <p className="ks-muted">{say("none")}</p>}
        {task.contacts.slice(0, SHOWN).map((one, index) => (
          <div key={index}>
            <Instant value={one.at} />
            <span>{ui.known(`channels.${one.channel}`)}</span>
          </div>
        ))}
      </section>
    </>
  );
}
