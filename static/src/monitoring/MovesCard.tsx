import { SegmentedControl } from "@mantine/core";
import dayjs from "dayjs";
import { Link } from "react-router";
import { useGet } from "../api/client";
import type { BucketBoard, BucketCell, BucketMoves } from "../api/types/monitoring";
import { Bucket } from "../ui/Bucket";
import { DayInput } from "../ui/DayInput";
import { Card } from "../ui/Page";
import { CardSkeletons, EmptyState, ErrorState } from "../ui/states";
import { useAddress } from "../ui/useAddress";
import { useFormat } from "../ui/useFormat";
import figures from "../ui/Figures.module.css";
import classes from "./Monitoring.module.css";
import { useTexts } from "./texts";

const OUTSIDE = "outside";
const LONGEST = 30;

type Shown = "share" | "loans" | "balance";
const SHOWN: readonly Shown[] = ["share", "loans", "balance"];

function wayOf(keys: readonly string[], before: string, after: string): string | undefined {
  if (before === OUTSIDE || after === OUTSIDE) return undefined;
  const [from, to] = [keys.indexOf(before), keys.indexOf(after)];
  return from === to ? "same" : from < to ? "worse" : "better";
}

function Matrix({ moves, shown, board }: { moves: BucketMoves; shown: Shown; board: BucketBoard }) {
  const say = useTexts();
  const { number, moneyShort, money, percent } = useFormat();
  const keys = board.buckets.map((bucket) => bucket.key);
  const titles = new Map(board.buckets.map((bucket) => [bucket.key, bucket.title]));
  const before = (key: string) => titles.get(key) ?? say("buckets.moves.new");
  const after = (key: string) => titles.get(key) ?? say("buckets.moves.outside");
  const said = (cell: BucketCell, row: BucketCell) =>
    shown === "share" ? percent(cell.loans / row.loans) : shown === "loans" ? number(cell.loans) : moneyShort(cell.balance);
  const linkTo = (stood: string, stands: string) =>
    `/loans?${new URLSearchParams({ stood, stood_on: moves.from, stands, stands_on: moves.to }).toString()}`;
  return (
    <div className={figures.scroll} role="region" aria-label={say("buckets.moves.title")} tabIndex={0}>
      <table className={figures.table}>
        <thead>
          <tr>
            <th scope="col">{say("buckets.moves.before")}</th>
            <th scope="col">{say("buckets.moves.total")}</th>
            {[...keys, OUTSIDE].map((key) => (
              <th scope="col" key={key}>
                {key === OUTSIDE ? after(key) : <Bucket bucket={key} title={after(key)} />}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {moves.rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.key === OUTSIDE ? before(row.key) : <Bucket bucket={row.key} title={before(row.key)} />}</th>
              <td>{shown === "balance" ? moneyShort(row.balance) : number(row.loans)}</td>
              {row.cells.map((cell) => (
                <td key={cell.key} className={classes.cell} data-way={wayOf(keys, row.key, cell.key)}>
                  {cell.loans > 0 ? (
                    <Link
                      to={linkTo(row.key, cell.key)}
                      title={say("buckets.moves.cell", { before: before(row.key), after: after(cell.key), loans: number(cell.loans), balance: money(cell.balance) })}
                    >
                      {said(cell, row)}
                    </Link>
                  ) : (
                    <span className="ks-muted">–</span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Where the loans of each bucket went in a period: roll rates, forward and back. */
export function MovesCard({ board, firstDay }: { board: BucketBoard; firstDay: string }) {
  const say = useTexts();
  const { day } = useFormat();
  const [search, put] = useAddress();
  const to = search.get("to") ?? board.day;
  const earliest = dayjs(to).subtract(LONGEST, "day").format("YYYY-MM-DD");
  const from = search.get("from") ?? (earliest < firstDay ? firstDay : earliest);
  const shown = SHOWN.find((one) => one === search.get("cells")) ?? "share";
  const asked = useGet<BucketMoves>("/buckets/moves", { query: { from, to }, keep: true, enabled: from < to });
  const found = asked.data;
  return (
    <Card
      className={classes.full}
      title={say("buckets.moves.title")}
      aside={
        <SegmentedControl
          size="xs"
          value={shown}
          onChange={(value) => put("cells", value === "share" ? null : value)}
          data={SHOWN.map((value) => ({ value, label: say(value === "loans" ? "buckets.moves.count" : `buckets.moves.${value}`) }))}
          aria-label={say("buckets.moves.as")}
        />
      }
    >
      <div className={classes.period}>
        <span>{say("buckets.moves.from")}</span>
        <DayInput aria-label={say("buckets.moves.from")} w={130} value={from} minDate={firstDay} maxDate={to} onChange={(value) => put("from", value)} />
        <span>{say("buckets.moves.to")}</span>
        <DayInput aria-label={say("buckets.moves.to")} w={130} value={to} minDate={firstDay} maxDate={board.day} onChange={(value) => put("to", value)} />
      </div>
      {asked.error && !found && <ErrorState compact error={asked.error} retry={() => void asked.refetch()} />}
      {from >= to && (
        <EmptyState compact title={say("buckets.moves.empty")}>
          <p>{say("buckets.moves.emptyText", { day: day(firstDay) })}</p>
        </EmptyState>
      )}
      {!found && asked.isLoading && <CardSkeletons cards={1} height={220} />}
      {found && from < to && (
        <>
          <Matrix moves={found} shown={shown} board={board} />
          <p className={classes.note}>{say("buckets.moves.note", { day: day(firstDay) })}</p>
        </>
      )}
    </Card>
  );
}
