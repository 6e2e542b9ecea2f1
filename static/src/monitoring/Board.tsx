import { Button, Skeleton } from "@mantine/core";
import { IconRadar2 } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { Link, useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { MonitoringBoard, WatchedRule } from "../api/types/monitoring";
import { useRight } from "../app/me";
import { Card, Page } from "../ui/Page";
import { Sparkline } from "../ui/Sparkline";
import { CardSkeletons, EmptyState, ErrorState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Label } from "../ui/Tone";
import { useFormat } from "../ui/useFormat";
import { Count } from "../ui/Values";
import classes from "./Monitoring.module.css";
import { useTexts } from "./texts";
import { WaitingCard } from "./WaitingCard";

const TimePlot = lazy(() => import("../ui/plot/TimePlot"));

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}

function Days({ board }: { board: MonitoringBoard }) {
  const say = useTexts();
  const { number } = useFormat();
  const fired = board.days.map((_, place) => sum(board.rules.map((rule) => rule.fired[place] ?? 0)));
  const all = sum(fired);
  const label = say("board.summary", { count: all, n: number(all) });
  const isOff = board.rules.every((rule) => !rule.enabled);
  return (
    <Card className={classes.full} title={say("board.days")} aside={all > 0 && <span className="ks-muted">{label}</span>}>
      {all === 0 ? (
        <EmptyState compact title={say(isOff ? "board.allOff" : "board.nothing")}>
          <p>{say(isOff ? "board.allOffText" : "board.nothingText")}</p>
        </EmptyState>
      ) : (
        <Suspense fallback={<Skeleton height={190} />}>
          <TimePlot
            label={label}
            height={190}
            unit="day"
            times={board.days.map((day) => Date.parse(`${day}T00:00:00Z`) / 1000)}
            series={[{ name: say("board.fired"), values: fired, show: number, kind: "bars" }]}
          />
        </Suspense>
      )}
    </Card>
  );
}

function useRuleColumns(): Column<WatchedRule>[] {
  const say = useTexts();
  return [
    { key: "name", title: say("board.name"), card: "title", maxWidth: 360, render: (row) => <Link to={`/monitoring/rules/${row.id}`}>{row.name}</Link> },
    { key: "signal", title: say("board.signal"), maxWidth: 300, render: (row) => row.signal },
    {
      key: "fired",
      title: say("board.month"),
      align: "right",
      render: (row) => (
        <Link to={`/monitoring/firings?rule=${row.id}`}>
          <Count value={sum(row.fired)} />
        </Link>
      ),
    },
    { key: "line", title: say("board.line"), render: (row) => <Sparkline values={row.fired} label={say("board.lineOf", { name: row.name })} /> },
    {
      key: "holding",
      title: say("board.holding"),
      align: "right",
      render: (row) => <Count value={row.holding} />,
    },
    {
      key: "state",
      title: say("board.state"),
      card: "aside",
      render: (row) => <Label tone={row.enabled ? "good" : "quiet"}>{say(row.enabled ? "board.on" : "board.off")}</Label>,
    },
  ];
}

/** What fired, by rule and day. */
export function Board() {
  const say = useTexts();
  const go = useNavigate();
  const mayEdit = useRight("scenario.edit");
  const { data: board, error, refetch } = useGet<MonitoringBoard>("/monitoring", { every: 60_000 });
  const columns = useRuleColumns();
  const add = mayEdit && (
    <Button component={Link} to="/monitoring/rules/new">
      {say("board.new")}
    </Button>
  );
  return (
    <Page
      title={say("board.title")}
      actions={
        <>
          <Button component={Link} to="/monitoring/firings" variant="default">
            {say("board.all")}
          </Button>
          {add}
        </>
      }
    >
      {!board && error && <ErrorState error={error} retry={() => void refetch()} />}
      {!board && !error && <CardSkeletons cards={2} height={220} />}
      {board && (
        <div className={classes.grid}>
          <WaitingCard changes={board.waiting} isNamed className={classes.full} />
          <Days board={board} />
          <Card className={classes.full} title={say("board.rules")} flush>
            <DataTable
              label={say("board.rules")}
              columns={columns}
              rows={board.rules}
              rowKey={(row) => row.id}
              onOpen={(row) => void go(`/monitoring/rules/${row.id}`)}
              empty={
                <EmptyState icon={IconRadar2} title={say("board.empty")} actions={add}>
                  <p>{say("board.emptyText")}</p>
                </EmptyState>
              }
            />
          </Card>
        </div>
      )}
    </Page>
  );
}
