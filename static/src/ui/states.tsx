import { Button, Skeleton } from "@mantine/core";
import { IconAlertTriangle, IconLock, IconPlugConnectedX } from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";
import { ApiError } from "../api/errors";
import classes from "./states.module.css";
import { useUiTexts } from "./texts";

interface FrameProps {
  icon?: ComponentType<{ size?: number; stroke?: number }>;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  tone?: "quiet" | "bad";
  compact?: boolean;
}

function Frame({ icon: Icon, title, children, actions, tone = "quiet", compact }: FrameProps) {
  return (
    <div className={classes.frame} data-compact={compact || undefined} role={tone === "bad" ? "alert" : undefined}>
      {Icon && (
        <span className={classes.icon} data-tone={tone} aria-hidden="true">
          <Icon size={22} stroke={1.7} />
        </span>
      )}
      <h2 className={classes.title}>{title}</h2>
      {children && <div className={classes.text}>{children}</div>}
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}

/** Nothing here yet: what this is, and the first step. */
export function EmptyState(props: Omit<FrameProps, "tone">) {
  return <Frame {...props} />;
}

/** What happened, why, and what to do; `retry` asks again. */
export function ErrorState({ error, retry, compact = false }: { error: Error; retry?: () => void; compact?: boolean }) {
  const say = useUiTexts();
  const answer = error instanceof ApiError ? error : null;
  if (answer?.status === 403) return <NoRight message={answer.message} />;
  const isOffline = answer?.isOffline ?? false;
  const title = isOffline ? say("error.offline") : answer?.status === 404 ? say("error.notFound") : say("error.title");
  const text = isOffline ? say("error.offlineText") : error.message || say("error.unknown");
  return (
    <Frame
      icon={isOffline ? IconPlugConnectedX : IconAlertTriangle}
      title={title}
      tone="bad"
      compact={compact}
      actions={retry && answer?.status !== 404 && <Button onClick={retry}>{say("retry")}</Button>}
    >
      <p>{text}</p>
      <ProblemList error={error} />
    </Frame>
  );
}

/** The separate problems that came with a refusal, each with its row or field. */
export function ProblemList({ error }: { error: Error | null }) {
  const say = useUiTexts();
  if (!(error instanceof ApiError) || error.problems.length === 0) return null;
  return (
    <ul className={classes.problems}>
      {error.problems.map((problem, index) => (
        <li key={index}>
          {problem.row ? `${say("row", { row: problem.row })}: ` : ""}
          {problem.text}
        </li>
      ))}
    </ul>
  );
}

/** The page exists, this person may not see it: whom to ask. */
export function NoRight({ message }: { message?: string }) {
  const say = useUiTexts();
  return (
    <Frame icon={IconLock} title={say("noRight.title")}>
      {message && <p>{message}</p>}
      <p>{say("noRight.text")}</p>
    </Frame>
  );
}

/** Rows of a list that is still on its way, in the layout that it will have. */
export function RowSkeletons({ rows = 10 }: { rows?: number }) {
  const say = useUiTexts();
  return (
    <div className={classes.rows} role="status" aria-label={say("loading")}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes.row}>
          <Skeleton height={11} width="16%" />
          <Skeleton height={11} width="28%" />
          <Skeleton height={11} width="12%" />
          <Skeleton height={11} width="18%" />
        </div>
      ))}
    </div>
  );
}

/** Cards that are still on their way. */
export function CardSkeletons({ cards = 3, height = 120 }: { cards?: number; height?: number }) {
  const say = useUiTexts();
  return (
    <div className={classes.cards} role="status" aria-label={say("loading")}>
      {Array.from({ length: cards }, (_, index) => (
        <Skeleton key={index} height={height} radius={8} />
      ))}
    </div>
  );
}
