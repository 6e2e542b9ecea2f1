import { IconStack2 } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { useGet } from "../api/client";
import type { BucketBoard, BucketMeasure } from "../api/types/monitoring";
import { useRight } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { Page } from "../ui/Page";
import { CardSkeletons, EmptyState, ErrorState } from "../ui/states";
import { useFormat } from "../ui/useFormat";
import { DaysCard } from "./DaysCard";
import { HeldCard } from "./HeldCard";
import classes from "./Monitoring.module.css";
import { MovesCard } from "./MovesCard";
import { useTexts } from "./texts";

/** The portfolio by bucket: today, by day, and who moved where. */
export default function BucketsPage() {
  const say = useTexts();
  const { day } = useFormat();
  const mayImport = useRight("import.run");
  const [measure, setMeasure] = useState<BucketMeasure>("loans");
  const { data: board, error, refetch } = useGet<BucketBoard>("/buckets", { every: 60_000 });
  const isBare = board?.buckets.every((bucket) => bucket.loans === 0);
  return (
    <Page
      title={say("buckets.title")}
      state={board && <span className="ks-muted">{say("buckets.rolled", { day: day(board.day) })}</span>}
      actions={board && !isBare && <ExportMenu path="/buckets/days" query={{}} total={board.days.length * board.buckets.length} />}
    >
      {!board && error && <ErrorState error={error} retry={() => void refetch()} />}
      {!board && !error && <CardSkeletons cards={3} height={220} />}
      {board && isBare && (
        <EmptyState icon={IconStack2} title={say("buckets.none")} actions={mayImport && <Link to="/imports">{say("buckets.import")}</Link>}>
          <p>{say("buckets.noneText")}</p>
        </EmptyState>
      )}
      {board && !isBare && (
        <div className={classes.grid}>
          <HeldCard board={board} measure={measure} onMeasure={setMeasure} />
          <DaysCard board={board} measure={measure} />
          {board.first_day && <MovesCard board={board} firstDay={board.first_day} />}
        </div>
      )}
    </Page>
  );
}
