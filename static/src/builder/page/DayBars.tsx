import { useFormat } from "../../ui/useFormat";
import type { NodeDay } from "../model";
import { useTexts } from "../texts";
import classes from "./DayBars.module.css";

interface Props {
  days: readonly NodeDay[];
  from: string;
  to: string;
  windowDays: number;
}

/** Every day of the period, also those on which nothing happened. */
function filled(days: readonly NodeDay[], from: string, to: string): NodeDay[] {
  const known = new Map(days.map((day) => [day.day, day]));
  const all: NodeDay[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to) && all.length < 400; at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    all.push(known.get(day) ?? { day, entered: 0, left: 0, failed: 0, paid_cases: 0, paid_amount: 0, matured: true });
  }
  return all;
}

/** Cases that entered by day, and how many of them paid; days whose window is still open are hatched. */
export function DayBars({ days, from, to, windowDays }: Props) {
  const say = useTexts();
  const format = useFormat();
  const all = filled(days, from, to);
  const most = Math.max(1, ...all.map((day) => day.entered));
  return (
    <figure className={classes.figure} data-testid="day-bars">
      <div className={classes.bars} role="img" aria-label={say("bars.label", { from: format.day(from), to: format.day(to) })}>
        {all.map((day) => (
          <div
            key={day.day}
            className={classes.day}
            title={say("bars.day", {
              day: format.day(day.day),
              entered: format.number(day.entered),
              paid: format.number(day.paid_cases),
              share: day.entered > 0 ? format.percent(day.paid_cases / day.entered, 1) : "–",
            })}
          >
            <div className={`${classes.bar} ${day.matured ? "" : classes.open}`} style={{ height: `${(day.entered / most) * 100}%` }}>
              <div className={classes.paid} style={{ height: `${day.entered > 0 ? Math.min(100, (day.paid_cases / day.entered) * 100) : 0}%` }} />
            </div>
          </div>
        ))}
      </div>
      <figcaption className={classes.caption}>{say("bars.caption", { count: windowDays })}</figcaption>
    </figure>
  );
}
