import { useGet } from "../api/client";
import type { Home } from "../api/types/home";
import { useMe } from "../app/me";
import { Page } from "../ui/Page";
import { CardSkeletons, ErrorState } from "../ui/states";
import { BucketPicture } from "./BucketPicture";
import { DecisionList } from "./DecisionList";
import { EngineCard } from "./EngineCard";
import classes from "./Home.module.css";
import { KeyFigures } from "./KeyFigures";
import { RecoveredCard } from "./RecoveredCard";
import { RunningScenarios } from "./RunningScenarios";
import { useTexts } from "./texts";

/** What needs a decision now, then how the portfolio is, then what the machine does about it. */
export default function HomePage() {
  const say = useTexts();
  const { rights } = useMe();
  const { data: home, error, refetch } = useGet<Home>("/home", { every: 30_000 });
  return (
    <Page title={say("title")} state={!rights.includes("loan.all") && <span className="ks-muted">{say("ownLoans")}</span>}>
      {!home && error && <ErrorState error={error} retry={() => void refetch()} />}
      {!home && !error && <CardSkeletons cards={6} height={150} />}
      {home && (
        <div className={classes.grid}>
          <DecisionList home={home} />
          <KeyFigures home={home} />
          <BucketPicture home={home} />
          <RecoveredCard recovered={home.recovered} />
          {rights.includes("scenario.read") && <RunningScenarios scenarios={home.scenarios} />}
          <EngineCard engine={home.engine} />
        </div>
      )}
    </Page>
  );
}
