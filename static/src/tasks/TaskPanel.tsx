import { Link } from "react-router";
import { useGet } from "../api/client";
import type { TaskCard } from "../api/types/tasks";
import { useMe } from "../app/me";
import { Facts } from "../ui/Facts";
import { SidePanel } from "../ui/SidePanel";
import { StateBadge } from "../ui/StateBadge";
import { CardSkeletons, ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { Instant, Money } from "../ui/Values";
import { CloseForm } from "./CloseForm";
import { History } from "./History";
import { Holding } from "./Holding";
import classes from "./Tasks.module.css";
import { useTexts } from "./texts";

function Borrower({ task }: { task: TaskCard }) {
  const say = useTexts();
  const { borrower, loan, call } = task;
  return (
    <section className={classes.who}>
      <div className={classes.name}>
        <strong>
          <Link to={`/borrowers/${borrower.id}`}>{borrower.name ?? say("hidden")}</Link>
        </strong>
        {borrower.local_time && <Label>{say("localTime", { time: borrower.local_time })}</Label>}
      </div>
      {borrower.contact_stop && <Label tone="bad">{say("stopped")}</Label>}
      {call && !borrower.contact_stop && (
        <span role="status">
          <Label tone={call.allowed ? "good" : "warn"}>{call.allowed ? say("call.allowed") : call.text}</Label>
          {call.until && (
            <span className="ks-muted">
              {" "}
              {say("call.until")} <Instant value={call.until} />
            </span>
          )}
        </span>
      )}
      {borrower.phone &&
        (borrower.masked ? <span>{borrower.phone}</span> : <a className={classes.phone} href={`tel:${borrower.phone.replace(/[^+\d]/g, "")}`}>{borrower.phone}</a>)}
      <Facts
        facts={[
          { title: say("columns.loan"), value: <Link to={`/loans/${loan.id}`}>{loan.external_id}</Link> },
          { title: say("overdueFor", { count: loan.dpd }), value: <Money value={loan.overdue} full /> },
          { title: say("balance"), value: <Money value={loan.balance} full /> },
        ]}
      />
    </section>
  );
}

function Closed({ task }: { task: TaskCard }) {
  const say = useTexts();
  const chosen = task.dispositions.find((one) => one.key === task.disposition);
  return (
    <Facts
      facts={[
        { title: say("columns.state"), value: <StateBadge of="task" state={task.state} /> },
        { title: say("result"), value: chosen?.title ?? task.disposition ?? "–" },
        { title: say("columns.closed"), value: <Instant value={task.closed_at} /> },
        { title: say("closedBy"), value: task.closed_by ?? "–" },
        ...(task.note ? [{ title: say("note"), value: task.note }] : []),
      ]}
    />
  );
}

interface Props {
  taskId: number;
  onClose: () => void;
  onNext: () => void;
}

/** All an operator needs for one task: whom, what to say, what is owed, and the result by one key. */
export function TaskPanel({ taskId, onClose, onNext }: Props) {
  const say = useTexts();
  const { user, rights } = useMe();
  const { data: task, error, refetch } = useGet<TaskCard>(`/tasks/${taskId}`, { every: 20_000 });
  const mayWork = rights.includes("task.work");
  const isForMe = task !== undefined && (task.assignee === null || task.assignee === user.name);
  return (
    <SidePanel title={task?.title ?? say("one")} label={say("one")} onClose={onClose} width={470}>
      {error && !task && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!task && !error && <CardSkeletons cards={2} height={140} />}
      {task && (
        <div className={classes.panel}>
          {task.state === "open" && <Holding task={task} />}
          <Borrower task={task} />
          {task.instruction && <blockquote className={classes.instruction}>{task.instruction}</blockquote>}
          {task.state !== "open" && <Closed task={task} />}
          {task.state === "open" && mayWork && isForMe && <CloseForm task={task} onDone={onNext} />}
          <History task={task} />
        </div>
      )}
    </SidePanel>
  );
}
