import { Skeleton } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useGet } from "../api/client";
import { DayInput } from "../ui/DayInput";
import { Facts } from "../ui/Facts";
import { dayOf } from "../ui/localTime";
import { CardSkeletons, ErrorState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { useFormat } from "../ui/useFormat";
import { DayText, Instant, Money } from "../ui/Values";
import { CloseQuote } from "./CloseQuote";
import classes from "./Ledger.module.css";
import { type Ledger, type Part, PARTS, type Row, rows, seenThen } from "./model";
import { useTexts } from "./texts";

const TimePlot = lazy(() => import("../ui/plot/TimePlot"));

function Chart({ ledger }: { ledger: Ledger }) {
  const say = useTexts();
  const { money, moneyAxis, number } = useFormat();
  return (
    <Suspense fallback={<Skeleton height={200} />}>
      <TimePlot
        label={say("chart")}
        height={200}
        unit="day"
        times={ledger.days.map((one) => Date.parse(`${one.day}T00:00:00Z`) / 1000)}
        series={[
          { name: say("balance"), values: ledger.days.map((one) => one.balance), show: money, short: moneyAxis, kind: "line" },
          { name: say("dpd"), values: ledger.days.map((one) => one.dpd), show: number, kind: "line" },
        ]}
      />
    </Suspense>
  );
}

/** How the loan stood at the end of a day that one chooses. */
function OnDay({ ledger }: { ledger: Ledger }) {
  const say = useTexts();
  const { money, number } = useFormat();
  const [day, setDay] = useState(ledger.upto);
  const found = ledger.days.findLast((one) => one.day <= day);
  const seen = seenThen(ledger.events, day, dayOf);
  return (
    <div>
      <DayInput label={say("onDay")} value={day} onChange={setDay} maxDate={ledger.upto} />
      <span>{found ? say("onDayText", { balance: money(found.balance), dpd: number(found.dpd) }) : say("beforeIssue")}</span>
      {found && seen !== found.balance && <span className="ks-muted">{say("seenThen", { balance: money(seen) })}</span>}
    </div>
  );
}

/** Every event of a loan that is serviced here, and what follows from them on any day. */
export function LedgerTab({ loanId, state }: { loanId: number; state: string }) {
  const say = useTexts();
  const { day } = useFormat();
  const { data: ledger, error, refetch } = useGet<Ledger>(`/loans/${loanId}/ledger`);
  if (error && !ledger) return <ErrorState compact error={error} retry={() => void refetch()} />;
  if (!ledger) return <CardSkeletons cards={2} height={160} />;
  const partOf = (part: Part) => (part === "credit" ? say.known(`credits.${state}`, say("parts.credit")) : say(`parts.${part}`));
  const owed = PARTS.filter((part) => ledger.owed[part] !== 0);
  const columns: Column<Row>[] = [
    { key: "day", title: say("columns.day"), card: "title", render: (row) => <DayText value={row.day} /> },
    {
      key: "what",
      title: say("columns.what"),
      wrap: true,
      render: (row) => (
        <>
          {row.from < row.day ? say("kinds.accruedDays", { from: day(row.from) }) : say.known(`kinds.${row.kind}`, row.kind)}
          {row.kind !== "accrued" && (
            <div className="ks-muted">
              {say.known(`actors.${row.actor}`, row.actor)}, <Instant value={row.recorded_at} />
            </div>
          )}
        </>
      ),
    },
    {
      key: "change",
      title: say("columns.change"),
      wrap: true,
      render: (row) => (
        <span className={classes.changes}>
          {PARTS.filter((part) => row[part] !== 0).map((part) => (
            <span key={part}>
              {partOf(part)}&nbsp;{row[part] > 0 && "+"}
              <Money value={row[part]} full />
            </span>
          ))}
          {row.given_up !== 0 && (
            <span>
              {say("givenUp")}&nbsp;
              <Money value={row.given_up} full />
            </span>
          )}
        </span>
      ),
    },
    { key: "paid", title: say("columns.paid"), align: "right", render: (row) => <Money value={row.paid || null} full /> },
    { key: "balance", title: say("columns.balance"), align: "right", card: "aside", render: (row) => <Money value={row.balance} full /> },
  ];
  return (
    <div className={classes.ledger}>
      <div className={classes.asked}>
        <OnDay ledger={ledger} />
        {state === "open" && <CloseQuote loanId={loanId} from={ledger.upto} />}
      </div>
      <h3 className={classes.title}>{say("chart")}</h3>
      <Chart ledger={ledger} />
      {owed.length > 0 && (
        <>
          <h3 className={classes.title}>{say("owed", { day: day(ledger.upto) })}</h3>
          <Facts facts={owed.map((part) => ({ title: partOf(part), value: <Money value={ledger.owed[part]} full /> }))} />
        </>
      )}
      <DataTable label={say("events")} columns={columns} rows={rows(ledger.events)} rowKey={(row) => row.id} empty={null} />
    </div>
  );
}
