import { useGet } from "../api/client";
import type { EngineState } from "../api/types";
import { Page } from "../ui/Page";
import { StateBadge } from "../ui/StateBadge";
import { CardSkeletons, ErrorState } from "../ui/states";
import { BatchesCard } from "./BatchesCard";
import { DayCard } from "./DayCard";
import classes from "./Engine.module.css";
import { ErrorsCard } from "./ErrorsCard";
import { Gauges } from "./Gauges";
import { ProcessesCard } from "./ProcessesCard";
import { useTexts } from "./texts";

/** Does the engine run, does it keep up, and what did it have to set aside. */
export default function EnginePage() {
  const say = useTexts();
  const { data: engine, error, refetch } = useGet<EngineState>("/engine", { every: 5_000 });
  return (
    <Page title={say("title")} state={engine && <StateBadge of="engine" state={engine.state} />}>
      {!engine && error && <ErrorState error={error} retry={() => void refetch()} />}
      {!engine && !error && <CardSkeletons cards={4} height={160} />}
      {engine && (
        <div className={classes.grid}>
          <Gauges engine={engine} />
          <ErrorsCard errors={engine.errors} />
          <DayCard hours={engine.last_24h} />
          <ProcessesCard processes={engine.processes} />
          <BatchesCard batches={engine.batches} />
        </div>
      )}
    </Page>
  );
}
