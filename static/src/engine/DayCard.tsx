import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { EngineState } from "../api/types/engine";
import { Card } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { useFormat } from "../ui/useFormat";
import classes from "./Engine.module.css";
import { everyHour } from "./everyHour";
import { useTexts } from "./texts";

const TimePlot = lazy(() => import("../ui/plot/TimePlot"));

/** What the engine did in each of the last 24 hours. */
export function DayCard({ hours }: { hours: EngineState["last_24h"] }) {
  const say = useTexts();
  const { number, span } = useFormat();
  const all = everyHour(hours);
  const cases = hours.reduce((sum, one) => sum + one.moved, 0);
  const label = say("day.summary", { count: cases, n: number(cases) });
  return (
    <Card className={classes.wide} title={say("day.title")} aside={<span className="ks-muted">{label}</span>}>
      {cases === 0 ? (
        <EmptyState compact title={say("day.empty")} />
      ) : (
        <Suspense fallback={<Skeleton height={210} />}>
          <TimePlot
            label={label}
            height={210}
            unit="hour"
            times={all.map((one) => one.at)}
            series={[
              { name: say("day.cases"), values: all.map((one) => one.moved), show: number, kind: "bars" },
              { name: say("day.messages"), values: all.map((one) => one.messages), show: number, kind: "none" },
              { name: say("day.sent"), values: all.map((one) => one.sent), show: number, kind: "none" },
              { name: say("day.time"), values: all.map((one) => one.micros / 1e6), show: span, kind: "none" },
            ]}
          />
        </Suspense>
      )}
    </Card>
  );
}
