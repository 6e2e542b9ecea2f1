import { Button, Group, Progress } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { Link } from "react-router";
import { api, apiUrl, useGet } from "../api/client";
import type { ImportCard, ImportProblem } from "../api/types";
import { useRight } from "../app/me";
import { StateBadge } from "../ui/StateBadge";
import { CardSkeletons, ErrorState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import classes from "./Imports.module.css";
import { useTexts } from "./texts";

function isGoing(state: string): boolean {
  return state === "waiting" || state === "running";
}

function Progressing({ card }: { card: ImportCard }) {
  const say = useTexts();
  const { number, percent } = useFormat();
  const mayRun = useRight("import.run");
  const cancel = useAct(() => api.post(`/imports/${card.id}/cancel`), { refresh: ["/imports"], done: say("result.cancelled") });
  const share = card.rows_total ? card.rows_read / card.rows_total : null;
  return (
    <div className={classes.progress} role="status">
      <Progress value={share === null ? 100 : share * 100} animated={share === null} striped={share === null} aria-label={say("result.progress")} />
      <Group justify="space-between">
        <span className="ks-muted">
          {say("result.read", { n: number(card.rows_read) })}
          {share !== null && ` · ${percent(share, 0)}`}
        </span>
        {mayRun && (
          <Button variant="default" size="compact-sm" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            {say("result.cancel")}
          </Button>
        )}
      </Group>
      <p className="ks-muted">{say("result.goOn")}</p>
    </div>
  );
}

function Problems({ card }: { card: ImportCard }) {
  const say = useTexts();
  const columns: Column<ImportProblem>[] = [
    { key: "row", title: say("problems.row"), align: "right", card: "title", render: (row) => row.row },
    { key: "column", title: say("problems.column"), render: (row) => row.column ?? "–" },
    { key: "value", title: say("problems.value"), maxWidth: 160, render: (row) => row.value ?? "–" },
    { key: "text", title: say("problems.text"), wrap: true, render: (row) => row.text },
  ];
  return (
    <>
      <Group justify="space-between" mt="sm" mb={4}>
        <h3 className={classes.heading}>{say("problems.title", { count: card.rows_wrong })}</h3>
        <Button
          component="a"
          href={apiUrl(`/imports/${card.id}/problems.csv`)}
          download
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} />}
        >
          {say("problems.download")}
        </Button>
      </Group>
      <div className={classes.problems}>
        <DataTable
          label={say("problems.title", { count: card.rows_wrong })}
          columns={columns}
          rows={card.problems}
          rowKey={(row) => `${row.row} ${row.column ?? ""} ${row.code}`}
          empty={null}
        />
      </div>
    </>
  );
}

/** How one import goes or went. While it runs the person may leave: it goes on. */
export function ImportResult({ importId }: { importId: number }) {
  const say = useTexts();
  const { number } = useFormat();
  const known = useGet<ImportCard>(`/imports/${importId}`);
  const polled = useGet<ImportCard>(`/imports/${importId}`, { every: !known.data || isGoing(known.data.state) ? 800 : false });
  const { data: card, error, refetch } = polled;
  if (error && !card) return <ErrorState compact error={error} retry={() => void refetch()} />;
  if (!card) return <CardSkeletons cards={1} height={70} />;
  const isDone = card.state === "done";
  return (
    <div className={classes.result}>
      <div className={classes.badges}>
        <StateBadge of="import" state={card.state} />
        {card.dry_run && <Label>{say("result.nothingWritten")}</Label>}
      </div>
      {isGoing(card.state) && <Progressing card={card} />}
      {card.message && <p>{card.message}</p>}
      {!isGoing(card.state) && (
        <p>
          {say(card.dry_run ? "result.would" : "result.did", {
            added: number(card.rows_added),
            updated: number(card.rows_updated),
            wrong: number(card.rows_wrong),
          })}
        </p>
      )}
      {isDone && !card.dry_run && <Link to={card.kind === "loans" ? "/loans" : "/"}>{say(card.kind === "loans" ? "result.toLoans" : "result.toHome")}</Link>}
      {card.problems.length > 0 && <Problems card={card} />}
    </div>
  );
}
