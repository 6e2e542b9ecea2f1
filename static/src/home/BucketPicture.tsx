import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { BucketTotal, Home } from "../api/types/home";
import { Bucket } from "../ui/Bucket";
import { bucketHeat } from "../ui/bucketHeat";
import { Card } from "../ui/Page";
import { Money } from "../ui/Values";
import { useFormat } from "../ui/useFormat";
import figures from "../ui/Figures.module.css";
import classes from "./Home.module.css";
import { useTexts } from "./texts";

type Measure = "loans" | "overdue" | "balance";

function linkTo(bucket: BucketTotal): string {
  return `/loans?bucket=${encodeURIComponent(bucket.key)}&state=open`;
}

/** One bar whose parts are the buckets, wide as their share. */
function Bar({ buckets, measure }: { buckets: readonly BucketTotal[]; measure: Measure }) {
  const { percent } = useFormat();
  const whole = buckets.reduce((sum, bucket) => sum + bucket[measure], 0);
  if (whole === 0) return null;
  return (
    <div className={classes.bar}>
      {buckets
        .filter((bucket) => bucket[measure] > 0)
        .map((bucket) => {
          const label = `${bucket.title}: ${percent(bucket[measure] / whole)}`;
          return (
            <Link
              key={bucket.key}
              to={linkTo(bucket)}
              className={classes.barPart}
              data-heat={bucketHeat(bucket.key)}
              style={{ flexGrow: bucket[measure] }}
              title={label}
              aria-label={label}
            />
          );
        })}
    </div>
  );
}

/** The portfolio by bucket: a picture, and the figures of each bucket. */
export function BucketPicture({ home }: { home: Home }) {
  const say = useTexts();
  const { number, percent } = useFormat();
  const [measure, setMeasure] = useState<Measure>("loans");
  const whole = home.buckets.reduce((sum, bucket) => sum + bucket[measure], 0);
  const measures: Measure[] = ["loans", "overdue", "balance"];
  return (
    <Card
      className={classes.wide}
      title={say("buckets.title")}
      aside={
        <SegmentedControl
          size="xs"
          value={measure}
          onChange={(value) => setMeasure(value)}
          data={measures.map((value) => ({ value, label: say(`buckets.${value}`) }))}
          aria-label={say("buckets.measure")}
        />
      }
    >
      <Bar buckets={home.buckets} measure={measure} />
      <div className={figures.scroll}>
        <table className={figures.table}>
          <thead>
            <tr>
              <th scope="col">{say("buckets.bucket")}</th>
              <th scope="col">{say("buckets.loans")}</th>
              <th scope="col">{say("buckets.share")}</th>
              <th scope="col">{say("buckets.overdue")}</th>
              <th scope="col" className={classes.roomy}>{say("buckets.balance")}</th>
            </tr>
          </thead>
          <tbody>
            {home.buckets.map((bucket) => (
              <tr key={bucket.key}>
                <th scope="row">
                  <Link to={linkTo(bucket)}>
                    <Bucket bucket={bucket.key} title={bucket.title} />
                  </Link>
                </th>
                <td>{number(bucket.loans)}</td>
                <td>{whole > 0 ? percent(bucket[measure] / whole) : "–"}</td>
                <td>
                  <Money value={bucket.overdue} />
                </td>
                <td className={classes.roomy}>
                  <Money value={bucket.balance} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
