import type { Instalment, LoanFacts } from "../api/types/loans";
import { Facts } from "../ui/Facts";
import { Card } from "../ui/Page";
import { Label } from "../ui/Tone";
import { useFormat } from "../ui/useFormat";
import { DayText, Money } from "../ui/Values";
import classes from "./Loan.module.css";
import { nextPayment } from "./nextPayment";
import { useTexts } from "./texts";

/** What is owed, what comes next, and what the strategies read of the loan. */
export function LoanFactsCard({ loan, instalments }: { loan: LoanFacts; instalments: readonly Instalment[] }) {
  const say = useTexts();
  const { number, percent, money, day } = useFormat();
  const next = nextPayment(loan, instalments);
  const known = (group: string, value: string) => say.known(`${group}.${value}`, value);
  return (
    <Card title={say("facts.loan")}>
      <div className={classes.owed}>
        <div>
          <span className={classes.owedValue} data-late={loan.overdue > 0 || undefined}>
            {money(loan.overdue)}
          </span>
          <span className="ks-muted">
            {loan.overdue > 0 ? say("facts.overdueFor", { count: loan.dpd, n: number(loan.dpd) }) : say("facts.noOverdue")}
          </span>
        </div>
        <div>
          <span className={classes.owedValue}>{money(loan.balance)}</span>
          <span className="ks-muted">{say("facts.balance")}</span>
        </div>
      </div>
      <Facts
        facts={[
          { title: say("facts.product"), value: loan.product.name },
          { title: say("facts.issued"), value: <DayText value={loan.issued_on} /> },
          { title: say("facts.principal"), value: <Money value={loan.principal} full /> },
          {
            title: say("facts.next"),
            value: next ? (
              <>
                <DayText value={next.on} /> · <Money value={next.amount} full />
                {next.graceEnds && <div className="ks-muted">{say("facts.graceEnds", { day: day(next.graceEnds) })}</div>}
              </>
            ) : (
              "–"
            ),
          },
          ...(loan.dpd_grace_days > 0 ? [{ title: say("facts.grace"), value: say("facts.graceDays", { count: loan.dpd_grace_days }) }] : []),
          { title: say("facts.lastPayment"), value: <DayText value={loan.last_payment_on} /> },
          { title: say("facts.channel"), value: loan.channel ? known("channels", loan.channel) : "–" },
          {
            title: say("facts.risk"),
            value: loan.risk_score === null ? "–" : `${loan.risk_group ?? ""} · ${number(loan.risk_score)}`,
          },
          { title: say("facts.burden"), value: loan.debt_burden === null ? "–" : percent(loan.debt_burden / 100) },
          { title: say("facts.ordinal"), value: loan.ordinal > 1 ? say("facts.repeat", { n: loan.ordinal }) : say("facts.first") },
          { title: say("facts.bailiff"), value: known("bailiff", loan.bailiff_state) },
          { title: say("facts.bureau"), value: known("bureau", loan.bureau_state) },
          { title: say("facts.servicing"), value: known("servicing", loan.servicing) },
        ]}
      />
      {loan.tags.length > 0 && (
        <div className={classes.tags}>
          {loan.tags.map((tag) => (
            <Label key={tag} tone="accent">
              {tag}
            </Label>
          ))}
        </div>
      )}
    </Card>
  );
}
