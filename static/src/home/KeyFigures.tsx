import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Home } from "../api/types/home";
import { Money } from "../ui/Values";
import { useFormat } from "../ui/useFormat";
import classes from "./Home.module.css";
import { useTexts } from "./texts";

function Figure({ title, value, share, to }: { title: string; value: ReactNode; share: string; to: string }) {
  return (
    <Link to={to} className={classes.figure}>
      <span className={classes.figureTitle}>{title}</span>
      <span className={classes.figureValue}>{value}</span>
      <span className={classes.figureShare}>{share}</span>
    </Link>
  );
}

/** Four figures; each says what it is a share of and opens the loans behind it. */
export function KeyFigures({ home }: { home: Home }) {
  const say = useTexts();
  const { number, percent, money, moneyShort } = useFormat();
  const shareOf = (part: number, whole: number) => (whole > 0 ? percent(part / whole) : "–");
  const { recovered } = home;
  return (
    <section className={classes.figures} aria-label={say("figures.title")}>
      <Figure
        title={say("figures.overdue")}
        value={<Money value={home.overdue_total} />}
        share={say("figures.ofBalance", { share: shareOf(home.overdue_total, home.balance_total), total: moneyShort(home.balance_total) })}
        to="/loans?dpd_min=1&state=open&sort=-overdue"
      />
      <Figure
        title={say("figures.late")}
        value={number(home.overdue_loans)}
        share={say("figures.ofLoans", { share: shareOf(home.overdue_loans, home.loans_total), total: number(home.loans_total) })}
        to="/loans?dpd_min=1&state=open"
      />
      <Figure
        title={say("figures.recovered")}
        value={<Money value={recovered.month} />}
        share={say("figures.recoveredParts", { week: moneyShort(recovered.week), today: moneyShort(recovered.today) })}
        to="/loans?sort=-last_payment_on"
      />
      <Figure
        title={say("figures.balance")}
        value={<span title={money(home.balance_total)}>{moneyShort(home.balance_total)}</span>}
        share={say("figures.loans", { count: home.loans_total, n: number(home.loans_total) })}
        to="/loans?state=open"
      />
    </section>
  );
}
