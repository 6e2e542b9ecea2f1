import { SegmentedControl } from "@mantine/core";
import { Link } from "react-router";
import type { BucketBoard, BucketHeld, BucketMeasure, Compared } from "../api/types/monitoring";
import { Bucket } from "../ui/Bucket";
import { Card } from "../ui/Page";
import { Count, Money } from "../ui/Values";
import { useFormat } from "../ui/useFormat";
import figures from "../ui/Figures.module.css";
import classes from "./Monitoring.module.css";
import { useTexts } from "./texts";

const COMPARED: readonly Compared[] = ["day", "week", "month"];
const MEASURES: readonly BucketMeasure[] = ["loans", "overdue", "balance"];

/** More overdue debt is bad news, more debt that is not overdue is none. */
function toneOf(change: number, isLate: boolean): string | undefined {
  if (!isLate || change === 0) return undefined;
  return change > 0 ? "bad" : "good";
}

function Change({ value, measure, isLate }: { value: number | undefined; measure: BucketMeasure; isLate: boolean }) {
  const { number, moneyShort } = useFormat();
  if (value === undefined) return <span className="ks-muted">–</span>;
  const said = measure === "loans" ? number(Math.abs(value)) : moneyShort(Math.abs(value));
  const sign = value > 0 ? "+" : value < 0 ? "−" : "";
  return (
    <span className={classes.change} data-tone={toneOf(value, isLate)}>
      {sign}
      {said}
    </span>
  );
}

function total(buckets: readonly BucketHeld[], measure: BucketMeasure): number {
  return buckets.reduce((sum, bucket) => sum + bucket[measure], 0);
}

interface Props {
  board: BucketBoard;
  measure: BucketMeasure;
  onMeasure: (measure: BucketMeasure) => void;
}

/** What stands in each bucket now, and how that differs from earlier days. */
export function HeldCard({ board, measure, onMeasure }: Props) {
  const say = useTexts();
  const { percent, day } = useFormat();
  const whole = total(board.buckets, measure);
  return (
    <Card
      className={classes.full}
      title={say("buckets.held.title")}
      aside={
        <SegmentedControl
          size="xs"
          value={measure}
          onChange={onMeasure}
          data={MEASURES.map((value) => ({ value, label: say(`buckets.measures.${value}`) }))}
          aria-label={say("buckets.measure")}
        />
      }
    >
      <div className={figures.scroll} role="region" aria-label={say("buckets.held.title")} tabIndex={0}>
        <table className={figures.table}>
          <thead>
            <tr>
              <th scope="col">{say("buckets.held.bucket")}</th>
              <th scope="col">{say("buckets.held.loans")}</th>
              <th scope="col">{say("buckets.held.overdue")}</th>
              <th scope="col" className={classes.roomy}>{say("buckets.held.balance")}</th>
              <th scope="col" className={classes.roomy}>{say("buckets.held.share")}</th>
              {COMPARED.map((name) => {
                const since = board.compared[name];
                return (
                  <th scope="col" key={name}>
                    {since ? say("buckets.held.day", { day: day(since) }) : say("buckets.held.never")}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {board.buckets.map((bucket, place) => (
              <tr key={bucket.key}>
                <th scope="row">
                  <Link to={`/loans?state=open&bucket=${encodeURIComponent(bucket.key)}`}>
                    <Bucket bucket={bucket.key} title={bucket.title} />
                  </Link>
                </th>
                <td>
                  <Count value={bucket.loans} />
                </td>
                <td>
                  <Money value={bucket.overdue} />
                </td>
                <td className={classes.roomy}>
                  <Money value={bucket.balance} />
                </td>
                <td className={classes.roomy}>{whole > 0 ? percent(bucket[measure] / whole) : "–"}</td>
                {COMPARED.map((name) => (
                  <td key={name}>
                    <Change value={bucket.changes[name]?.[measure]} measure={measure} isLate={place > 0} />
                  </td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">{say("buckets.held.all")}</th>
              <td>
                <Count value={total(board.buckets, "loans")} />
              </td>
              <td>
                <Money value={total(board.buckets, "overdue")} />
              </td>
              <td className={classes.roomy}>
                <Money value={total(board.buckets, "balance")} />
              </td>
              <td className={classes.roomy} />
              {COMPARED.map((name) => {
                const changes = board.buckets.map((bucket) => bucket.changes[name]?.[measure]);
                const sum = changes.every((one) => one !== undefined) ? changes.reduce((all, one) => all + one, 0) : undefined;
                return (
                  <td key={name}>
                    <Change value={sum} measure={measure} isLate={measure === "overdue"} />
                  </td>
                );
              })}
            </tr>
          </tbody>
        </table>
      </div>
    </Card>
  );
}
