import { Progress } from "@mantine/core";
import type { Job } from "../api/types/jobs";
import { useFormat } from "../ui/useFormat";
import classes from "./Jobs.module.css";
import { useTexts } from "./texts";

export function isActive(job: Job): boolean {
  return job.state === "queued" || job.state === "running";
}

/** How far a job is, in one line. */
export function useProgressWords(): (job: Job) => string {
  const say = useTexts();
  const { number } = useFormat();
  return (job) => {
    if (job.state === "queued") return say("progress.waits");
    const parts = [
      job.total === null
        ? say("progress.done", { done: number(job.done) })
        : say("progress.of", { done: number(job.done), total: number(job.total) }),
    ];
    if (job.cancel_asked) parts.push(say("progress.cancelling"));
    else if (job.silent) parts.push(say("progress.silent"));
    else if (job.attempts > 1) parts.push(say("progress.again", { n: job.attempts }));
    return parts.join(" · ");
  };
}

/** A bar with words under it while the job goes on; nothing when it has ended. */
export function JobProgress({ job }: { job: Job }) {
  const words = useProgressWords();
  if (!isActive(job)) return null;
  const share = job.total ? Math.min(1, job.done / job.total) : null;
  // Not known how much there is, or all is read and the database works: the bar only shows that something goes on.
  const isOpen = job.state === "running" && (share === null || share === 1);
  return (
    <div className={classes.progress}>
      <Progress value={isOpen ? 100 : (share ?? 0) * 100} animated={isOpen} striped={isOpen} size="sm" aria-label={words(job)} />
      <span className="ks-muted">{words(job)}</span>
    </div>
  );
}
