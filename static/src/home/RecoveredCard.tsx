import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { Home } from "../api/types/home";
import { Card } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { useFormat } from "../ui/useFormat";
import classes from "./Home.module.css";
import { useTexts } from "./texts";

const TimePlot = lazy(() => import("../ui/plot/TimePlot"));

/** Money that came in, day by day. */
export function RecoveredCard({ recovered }: { recovered: Home["recovered"] }) {
  const say = useTexts();
  const { money, moneyAxis, moneyShort, number } = useFormat();
  const summary = say("recovered.summary", { month: moneyShort(recovered.month), week: moneyShort(recovered.week), today: moneyShort(recovered.today) });
  return (
    <Card className={classes.wide} title={say("recovered.title")} aside={<span className="ks-muted">{summary}</span>}>
      {recovered.month === 0 ? (
        <EmptyState compact title={say("recovered.empty")}>
          <p>{say("recovered.emptyText")}</p>
        </EmptyState>
      ) : (
        <Suspense fallback={<Skeleton height={218} />}>
          <TimePlot
            label={summary}
            height={218}
            times={recovered.days.map((one) => Date.parse(`${one.day}T00:00:00Z`) / 1000)}
            unit="day"
            series={[
              { name: say("recovered.amount"), values: recovered.days.map((one) => one.amount), show: money, short: moneyAxis, kind: "bars" },
              { name: say("recovered.count"), values: recovered.days.map((one) => one.count), show: number, kind: "none" },
            ]}
          />
        </Suspense>
      )}
    </Card>
  );
}
