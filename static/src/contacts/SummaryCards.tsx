import { Link } from "react-router";
import type { ContactCard, ContactLoan, LimitUsed } from "../api/types/contacts";
import { Bucket } from "../ui/Bucket";
import { Facts } from "../ui/Facts";
import { Card } from "../ui/Page";
import { Sparkline } from "../ui/Sparkline";
import { StateBadge } from "../ui/StateBadge";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Label } from "../ui/Tone";
import { Count, Money } from "../ui/Values";
import classes from "./Contacts.module.css";
import { useTexts } from "./texts";

/** What is owed over all loans. */
export function TotalsCard({ card }: { card: ContactCard }) {
  const say = useTexts();
  const { totals } = card;
  return (
    <Card title={say("totals.title")}>
      <Facts
        facts={[
          { title: say("totals.balance"), value: <Money value={totals.balance} full /> },
          { title: say("totals.overdue"), value: <span className={totals.overdue > 0 ? classes.late : undefined}><Money value={totals.overdue} full /></span> },
          { title: say("totals.dpd"), value: <Count value={totals.dpd} /> },
          { title: say("totals.open"), value: <Count value={totals.open} /> },
          { title: say("totals.promises"), value: `${totals.promises_kept} / ${totals.promises_broken}` },
        ]}
      />
    </Card>
  );
}

/** How much of every limit is used, and whether one more contact is allowed by it. */
function LimitsUsed({ limits }: { limits: ContactCard["limits"] }) {
  const say = useTexts();
  const state = (one: LimitUsed) => (one.counts === "attempts" ? say("limits.used", { used: one.used, most: one.most }) : say(one.reached ? "limits.closed" : "limits.open"));
  if (limits.items.length === 0) return null;
  return (
    <section aria-labelledby="limits-used">
      <h3 id="limits-used" className={classes.part}>
        {say("limits.title", { policy: limits.policy })}
      </h3>
      <ul className={classes.lines}>
        {limits.items.map((one, index) => (
          <li key={index} className={classes.limit}>
            <span>
              {say.known(`made.kinds.${one.kind}`, one.kind)} <span className={classes.small}>{one.text}</span>
            </span>
            <Label tone={one.reached ? "warn" : "quiet"}>{state(one)}</Label>
          </li>
        ))}
      </ul>
      <p className={classes.small}>{say("limits.note")}</p>
    </section>
  );
}

/** Contacts made over all loans, in the windows that laws count in. */
export function MadeCard({ card }: { card: ContactCard }) {
  const say = useTexts();
  return (
    <Card title={say("made.title")} aside={<Sparkline values={card.weeks.map((week) => week.contacts)} label={say("made.weeks")} />}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{say("made.kind")}</th>
            <th scope="col">{say("made.today")}</th>
            <th scope="col">{say("made.week")}</th>
            <th scope="col">{say("made.month")}</th>
          </tr>
        </thead>
        <tbody>
          {card.windows.map((row) => (
            <tr key={row.kind}>
              <td>{say.known(`made.kinds.${row.kind}`, row.kind)}</td>
              <td>{row.today}</td>
              <td>{row.week}</td>
              <td>{row.month}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.small}>{say("made.note")}</p>
      <LimitsUsed limits={card.limits} />
    </Card>
  );
}

/** All loans of the borrower, the open ones first. */
export function LoansCard({ card }: { card: ContactCard }) {
  const say = useTexts();
  const columns: Column<ContactLoan>[] = [
    { key: "number", title: say("loans.number"), card: "title", render: (row) => <Link to={`/loans/${row.id}`}>{row.external_id}</Link> },
    { key: "product", title: say("loans.product"), render: (row) => row.product },
    { key: "state", title: say("loans.state"), card: "aside", render: (row) => <StateBadge of="loan" state={row.state} /> },
    { key: "balance", title: say("loans.balance"), align: "right", render: (row) => <Money value={row.balance} full /> },
    { key: "overdue", title: say("loans.overdue"), align: "right", render: (row) => <Money value={row.overdue} full /> },
    { key: "dpd", title: say("loans.dpd"), align: "right", render: (row) => <Count value={row.dpd} /> },
    { key: "bucket", title: say("loans.bucket"), render: (row) => <Bucket bucket={row.bucket} /> },
  ];
  return (
    <Card title={say("loansTitle")} flush>
      <DataTable
        label={say("loansTitle")}
        columns={columns}
        rows={card.loans}
        rowKey={(row) => row.id}
        empty={
          <EmptyState compact title={say("loans.empty")}>
            <p>{say("loans.emptyText")}</p>
          </EmptyState>
        }
      />
    </Card>
  );
}
