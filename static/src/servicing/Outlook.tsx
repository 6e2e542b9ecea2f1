import { Facts } from "../ui/Facts";
import { useFormat } from "../ui/useFormat";
import { DayText, Money } from "../ui/Values";
import type { Prospect } from "./model";
import classes from "./Servicing.module.css";
import { useTexts } from "./texts";

function Change({ from, to }: { from: number; to: number }) {
  if (from === to) return <Money value={to} full />;
  return (
    <>
      <Money value={from} full /> → <strong><Money value={to} full /></strong>
    </>
  );
}

/** What the change would come to: what is owed before and after, and the schedule that follows. */
export function Outlook({ prospect, isStale }: { prospect: Prospect; isStale: boolean }) {
  const say = useTexts();
  const { number } = useFormat();
  const { before, after, lines } = prospect;
  const days = prospect.dpd_before === prospect.dpd_after ? number(prospect.dpd_after) : `${number(prospect.dpd_before)} → ${number(prospect.dpd_after)}`;
  return (
    <section className={classes.outlook} data-stale={isStale || undefined} aria-label={say("outlook.title")} aria-live="polite">
      <Facts
        facts={[
          ...(prospect.price > 0 ? [{ title: say("outlook.price"), value: <Money value={prospect.price} full /> }] : []),
          { title: say("outlook.balance"), value: <Change from={before.balance} to={after.balance} /> },
          { title: say("outlook.overdue"), value: <Change from={before.overdue} to={after.overdue} /> },
          { title: say("outlook.dpd"), value: days },
          ...(prospect.given_up > 0 ? [{ title: say("outlook.givenUp"), value: <Money value={prospect.given_up} full /> }] : []),
        ]}
      />
      {lines.length > 0 && (
        <div className={classes.lines}>
          <table>
            <caption>{say("outlook.schedule")}</caption>
            <thead>
              <tr>
                <th scope="col">{say("outlook.due")}</th>
                <th scope="col">{say("outlook.amount")}</th>
                <th scope="col">{say("outlook.principal")}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.number}>
                  <td><DayText value={line.due_on} /></td>
                  <td><Money value={line.amount} full /></td>
                  <td><Money value={line.principal} full /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
