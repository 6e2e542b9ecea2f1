import { Button, Progress } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "react-router";
import { api, useGet } from "../api/client";
import type { ImportCard } from "../api/types/imports";
import { useRight } from "../app/me";
import { StateBadge } from "../ui/StateBadge";
import { CardSkeletons, ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Count } from "../ui/Values";
import { ImportProblems } from "./ImportProblems";
import classes from "./Imports.module.css";
import { useTexts } from "./texts";
import { UPLOAD } from "./useUpload";

export function isGoing(state: string): boolean {
  return state === "waiting" || state === "running";
}

function Progressing({ card }: { card: ImportCard }) {
  const say = useTexts();
  const { number, percent } = useFormat();
  const mayRun = useRight("import.run");
  const cancel = useAct(() => api.post(`/imports/${card.id}/cancel`), { refresh: ["/imports"], done: say("result.cancelled") });
  const share = card.rows_total ? Math.min(1, card.rows_read / card.rows_total) : null;
  // All rows are read: what comes now, comparing and writing, is one step of the database.
  const isOpen = share === null || share === 1;
  return (
    <div className={classes.progress} role="status">
      <Progress value={isOpen ? 100 : share * 100} animated={isOpen} striped={isOpen} aria-label={say("result.progress")} />
      <div className={classes.spread}>
        <span className="ks-muted">
          {say("result.read", { n: number(card.rows_read) })}
          {share !== null && ` · ${share === 1 ? say(card.dry_run ? "result.comparing" : "result.writing") : percent(share, 0)}`}
          {" · "}
          {say("result.goOn")}
        </span>
        {mayRun && (
          <Button variant="default" size="compact-sm" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            {say("result.cancel")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Figures({ card }: { card: ImportCard }) {
  const say = useTexts();
  const isTrial = card.dry_run;
  const isDone = card.state === "done";
  const same = card.rows_read - card.rows_added - card.rows_updated - card.rows_wrong;
  const figures = [
    { title: say("result.rows"), value: card.rows_read, isShown: true },
    { title: say(isTrial ? "result.wouldAdd" : "result.added"), value: card.rows_added, isShown: isDone },
    { title: say(isTrial ? "result.wouldUpdate" : "result.updated"), value: card.rows_updated, isShown: isDone },
    { title: say("result.same"), value: same, isShown: isDone && same > 0 },
    { title: say("result.wrong"), value: card.rows_wrong, isShown: isDone || card.rows_wrong > 0, isBad: card.rows_wrong > 0 },
  ].filter((figure) => figure.isShown);
  return (
    <dl className={classes.figures}>
      {figures.map((figure) => (
        <div key={figure.title}>
          <dt>{figure.title}</dt>
          <dd data-bad={figure.isBad}>
            <Count value={figure.value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Ask the pages that show loans anew when an import that was watched, or started here, comes to its end. */
function useEnd(state: string | undefined, isFresh: boolean): void {
  const client = useQueryClient();
  const former = useRef<string | undefined>(isFresh ? "waiting" : undefined);
  useEffect(() => {
    if (former.current && state && isGoing(former.current) && !isGoing(state)) {
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== UPLOAD });
    }
    if (state) former.current = state;
  }, [client, state]);
}

interface Props {
  importId: number;
  /** Just started by the person, who has to see it. */
  isFresh?: boolean;
  /** What can be done about it. */
  children?: ReactNode;
}

/** How one import goes or went. While it runs the person may leave: it goes on. */
export function ImportResult({ importId, isFresh = false, children }: Props) {
  const say = useTexts();
  const known = useGet<ImportCard>(`/imports/${importId}`);
  const { data: card, error, refetch } = useGet<ImportCard>(`/imports/${importId}`, {
    every: !known.data || isGoing(known.data.state) ? 700 : false,
  });
  useEnd(card?.state, isFresh);
  const place = useRef<HTMLDivElement>(null);
  const isKnown = card !== undefined;
  useEffect(() => {
    if (isFresh && isKnown) place.current?.scrollIntoView({ block: "nearest" });
  }, [isFresh, isKnown, card?.state]);
  if (error && !card) return <ErrorState compact error={error} retry={() => void refetch()} />;
  if (!card) return <CardSkeletons cards={1} height={70} />;
  const isClean = card.state === "done" && card.dry_run && card.rows_wrong === 0;
  return (
    <div className={classes.result} ref={place}>
      <div className={classes.badges}>
        <StateBadge of="import" state={card.state} />
        {card.dry_run && <Label>{say("result.nothingWritten")}</Label>}
      </div>
      {isGoing(card.state) && <Progressing card={card} />}
      {card.message && <p className={classes.message}>{card.message}</p>}
      {isClean && <p className={classes.message}>{say("result.clean")}</p>}
      {!isGoing(card.state) && <Figures card={card} />}
      {card.state === "done" && !card.dry_run && (
        <p>
          <Link to={card.kind === "loans" ? "/loans" : "/"}>{say(card.kind === "loans" ? "result.toLoans" : "result.toHome")}</Link>
        </p>
      )}
      {children && <div className={classes.badges}>{children}</div>}
      {card.problems.length > 0 && <ImportProblems card={card} />}
    </div>
  );
}
