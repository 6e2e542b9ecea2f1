import { notifications } from "@mantine/notifications";
import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { apiUrl, useGet } from "../api/client";
import type { Job } from "../api/types/jobs";
import { isActive, JobProgress } from "./JobProgress";
import classes from "./Jobs.module.css";
import { useTexts } from "./texts";
import { forgetJob, useWatchedJobs } from "./watched";

const COLOURS: Readonly<Record<string, string>> = { done: "teal", failed: "red", cancelled: "gray" };

/** The pages that show such a job themselves. */
function isShownAt(pathname: string, job: Job): boolean {
  return pathname === "/jobs" || (job.kind === "import" && pathname.startsWith("/imports"));
}

function useTitle(): (job: Job) => string {
  const say = useTexts();
  return (job) => {
    const kind = say.known(`kinds.${job.kind}`);
    if (isActive(job)) return say("toast.going", { kind, title: job.title });
    if (job.state === "done") return job.file ? say("toast.ready") : say("toast.done", { kind });
    return say(job.state === "failed" ? "toast.failed" : "toast.cancelled", { kind });
  };
}

function Message({ job, onAll }: { job: Job; onAll: () => void }) {
  const say = useTexts();
  return (
    <div className={classes.toast}>
      <JobProgress job={job} />
      {isActive(job) && <span className="ks-muted">{say("toast.goOn")}</span>}
      {job.error && <span>{job.error}</span>}
      <span className={classes.links}>
        {job.may_download && (
          <a href={apiUrl(`/jobs/${job.id}/file`)} download>
            {say("act.download")} {job.file?.name}
          </a>
        )}
        <a
          href="/jobs"
          onClick={(event) => {
            event.preventDefault();
            onAll();
          }}
        >
          {say("toast.all")}
        </a>
      </span>
    </div>
  );
}

function JobToast({ id }: { id: number }) {
  const title = useTitle();
  const go = useNavigate();
  const { pathname } = useLocation();
  const isOver = useRef(false);
  const isHiding = useRef(false);
  const { data: job, error } = useGet<Job>(`/jobs/${id}`, { every: isOver.current ? false : 1_000 });
  const name = `job-${id}`;
  useEffect(() => {
    if (error && !job) forgetJob(id);
  }, [error, job, id]);
  useEffect(() => {
    if (!job) return;
    isOver.current = !isActive(job);
    if (isShownAt(pathname, job)) {
      isHiding.current = true;
      notifications.hide(name);
      isHiding.current = false;
      if (isOver.current) forgetJob(id);
      return;
    }
    const toast = {
      id: name,
      title: title(job),
      message: <Message job={job} onAll={() => void go("/jobs")} />,
      color: COLOURS[job.state] ?? "blue",
      autoClose: false as const,
      // Closed by the person: the job goes on, and the page of jobs tells of it.
      onClose: () => {
        if (!isHiding.current) forgetJob(id);
      },
    };
    notifications.show(toast);
    notifications.update(toast);
  }, [job, pathname, name, id, title, go]);
  return null;
}

/** How the jobs go that this person started, over every page. */
export function JobToasts() {
  return (
    <>
      {useWatchedJobs().map((id) => (
        <JobToast key={id} id={id} />
      ))}
    </>
  );
}
