import { Button } from "@mantine/core";
import { Link } from "react-router";
import { api } from "../api/client";
import type { SqlSource } from "../api/types/databases";
import { watchJob } from "../jobs/watched";
import { confirm } from "../ui/confirm";
import { Facts } from "../ui/Facts";
import { Card } from "../ui/Page";
import { StateBadge } from "../ui/StateBadge";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Instant } from "../ui/Values";
import settings from "../ui/Settings.module.css";
import classes from "./Databases.module.css";
import { clock } from "./starting";
import { useTexts } from "./texts";

/** Until it is over, what a run has changed is not known. */
const UNDER_WAY = new Set(["waiting", "running"]);

function LastRun({ last }: { last: NonNullable<SqlSource["last"]> }) {
  const say = useTexts();
  const { number } = useFormat();
  return (
    <>
      <Link to={`/imports/${last.import_id}`}>
        <Instant value={last.started_at} />
      </Link>{" "}
      <StateBadge of="import" state={last.state} />{" "}
      {UNDER_WAY.has(last.state) ||
        say("facts.rows", { added: number(last.rows_added), updated: number(last.rows_updated), wrong: number(last.rows_wrong) })}
    </>
  );
}

/** One database: what is read of it, when, and how the last run went. */
export function SourceCard({ source, onEdit }: { source: SqlSource; onEdit: () => void }) {
  const say = useTexts();
  const run = useAct(() => api.post<{ job_id: number }>(`/sql-sources/${source.id}/run`), {
    refresh: ["/sql-sources", "/imports"],
    done: say("acts.started"),
    onDone: (begun) => watchJob(begun.job_id),
  });
  const remove = useAct(() => api.delete(`/sql-sources/${source.id}`), { refresh: ["/sql-sources"] });
  const ask = async () => {
    const question = { title: say("acts.removeTitle", { name: source.name }), text: say("acts.removeText"), action: say("acts.remove"), danger: true };
    if (await confirm(question)) remove.mutate(undefined);
  };
  const when = say.known(`every.${source.every ?? "hand"}`) + (source.every ? `, ${say("form.at").toLowerCase()} ${clock(source.starting)}` : "");
  return (
    <Card title={source.name} aside={<Label tone={source.enabled ? "good" : "quiet"}>{say(source.enabled ? "on" : "off")}</Label>}>
      <Facts
        facts={[
          { title: say("facts.kind"), value: say.known(`kinds.${source.kind}`) },
          { title: say("facts.address"), value: source.address },
          { title: say("facts.when"), value: when },
          ...(source.next_at ? [{ title: say("facts.next"), value: <Instant value={source.next_at} /> }] : []),
          { title: say("facts.last"), value: source.last ? <LastRun last={source.last} /> : say("facts.never") },
          ...(source.reached ? [{ title: say("facts.reached"), value: `${source.growing} = ${source.reached}` }] : []),
        ]}
      />
      {source.last?.message && <p className={classes.message}>{source.last.message}</p>}
      <div className={settings.buttons}>
        <Button variant="default" disabled={!source.enabled} loading={run.isPending} onClick={() => run.mutate(undefined)}>
          {say("acts.run")}
        </Button>
        <Button variant="default" onClick={onEdit}>
          {say("acts.edit")}
        </Button>
        <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => void ask()}>
          {say("acts.remove")}
        </Button>
      </div>
    </Card>
  );
}
