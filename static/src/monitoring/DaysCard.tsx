import type { BucketBoard, BucketMeasure } from "../api/types/monitoring";
import { Bucket } from "../ui/Bucket";
import { bucketHeat } from "../ui/bucketHeat";
import { Card } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { useFormat } from "../ui/useFormat";
import classes from "./Monitoring.module.css";
import { useTexts } from "./texts";

/** Everything past due, a column a day, its parts the buckets. */
export function DaysCard({ board, measure }: { board: BucketBoard; measure: BucketMeasure }) {
  const say = useTexts();
  const { day, number, money } = useFormat();
  const late = board.buckets.map((bucket, place) => ({ ...bucket, place })).slice(1);
  const said = (value: number) => (measure === "loans" ? number(value) : money(value));
  const days = board.days.map((one) => {
    const parts = late.map((bucket) => ({ ...bucket, value: one[measure][bucket.place] ?? 0 }));
    return { day: one.day, parts, sum: parts.reduce((sum, part) => sum + part.value, 0) };
  });
  const highest = Math.max(1, ...days.map((one) => one.sum));
  const first = days[0];
  const last = days.at(-1);
  return (
    <Card className={classes.full} title={say("buckets.days.title")}>
      {!first || !last ? (
        <EmptyState compact title={say("buckets.empty")}>
          <p>{say("buckets.emptyText")}</p>
        </EmptyState>
      ) : (
        <>
          <div
            className={classes.days}
            role="img"
            aria-label={say("buckets.days.label", { first: day(first.day), before: said(first.sum), last: day(last.day), after: said(last.sum) })}
          >
            {days.map((one) => (
              <div
                key={one.day}
                className={classes.dayColumn}
                title={[
                  say("buckets.days.one", { day: day(one.day), sum: said(one.sum) }),
                  ...one.parts.map((part) => say("buckets.days.part", { bucket: part.title, value: said(part.value) })),
                ].join("\n")}
              >
                {one.parts.map((part) => (
                  <div key={part.key} className={classes.part} data-heat={bucketHeat(part.key)} style={{ height: `${(100 * part.value) / highest}%` }} />
                ))}
              </div>
            ))}
          </div>
          <div className={classes.axis}>
            <span>{day(first.day)}</span>
            {days.length > 1 && <span>{day(last.day)}</span>}
          </div>
          <div className={classes.legend}>
            {late.map((bucket) => (
              <Bucket key={bucket.key} bucket={bucket.key} title={bucket.title} />
            ))}
          </div>
        </>
      )}
    </Card>
  );
}
