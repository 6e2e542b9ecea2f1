import { useGet } from "../api/client";
import type { EngineState } from "../api/types/engine";
import { Page } from "../ui/Page";
import { StateBadge } from "../ui/StateBadge";
import { CardSkeletons, ErrorState } from "../ui/states";
import { BatchesCard } from "./BatchesCard";
import { DayCard } from "./DayCard";
import classes from "./Engine.module.css";
import { ErrorsCard } from "./ErrorsCard";
import { Gauges } from "./Gauges";
import { GroupsCard } from "./GroupsCard";
import { HealthCard } from "./HealthCard";
import { OutboxFull } from "./OutboxFull";
import { ProcessesCard } from "./ProcessesCard";
import { StagesCard } from "./StagesCard";
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
          {engine.outbox_full && <OutboxFull engine={engine} />}
          <HealthCard engine={engine} />
          <Gauges engine={engine} />
          <GroupsCard groups={engine.groups} />
          <DayCard hours={engine.last_24h} />
          <ProcessesCard processes={engine.processes} />
          <StagesCard stages={engine.stages} />
          {engine.errors.length > 0 && <ErrorsCard errors={engine.errors} />}
          <BatchesCard batches={engine.batches} />
        </div>
      )}
    </Page>
  );
}
