import { Button } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { api, useGet } from "../api/client";
import type { VersionItem } from "../api/types/scenarios";
import { useRight } from "../app/me";
import { confirm } from "../ui/confirm";
import { SidePanel } from "../ui/SidePanel";
import { StateBadge } from "../ui/StateBadge";
import { CardSkeletons, EmptyState, ErrorState } from "../ui/states";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Instant } from "../ui/Values";
import classes from "./Scenarios.module.css";
import { useTexts } from "./texts";

function VersionRow({ version, scenarioId }: { version: VersionItem; scenarioId: number }) {
  const say = useTexts();
  const { number } = useFormat();
  const go = useNavigate();
  const mayEdit = useRight("scenario.edit");
  const restore = useAct(() => api.post(`/versions/${version.id}/restore`), {
    refresh: ["/scenarios"],
    done: say("versions.restored", { number: version.number }),
    onDone: () => void go(`/scenarios/${scenarioId}`),
  });
  const onRestore = async () => {
    const isSure = await confirm({
      title: say("versions.restoreTitle", { number: version.number }),
      text: say("versions.restoreText"),
      action: say("versions.restore"),
    });
    if (isSure) restore.mutate(undefined);
  };
  return (
    <li className={classes.versionRow}>
      <div className={classes.versionHead}>
        <Link to={`/versions/${version.id}`}>{say("version", { number: version.number })}</Link>
        <StateBadge of="version" state={version.state} />
        {version.active_cases ? <span className="ks-muted">{say("versions.active", { count: version.active_cases, n: number(version.active_cases) })}</span> : null}
      </div>
      {version.comment && <p className={classes.comment}>{version.comment}</p>}
      <p className="ks-muted">
        {say("versions.submitted", { who: version.submitted_by })} <Instant value={version.submitted_at} />
      </p>
      {version.reviewed_by && (
        <p className="ks-muted">
          {say(version.state === "returned" ? "versions.returned" : "versions.approved", { who: version.reviewed_by })}{" "}
          <Instant value={version.reviewed_at} />
        </p>
      )}
      {version.review_comment && <p className={classes.comment}>{version.review_comment}</p>}
      <p className={classes.hash} title={version.content_hash}>
        {say("versions.hash", { hash: version.content_hash.slice(0, 12) })}
      </p>
      {mayEdit && (
        <Button size="compact-sm" variant="default" loading={restore.isPending} onClick={() => void onRestore()}>
          {say("versions.restore")}
        </Button>
      )}
    </li>
  );
}

/** Every version that was ever submitted, newest first; each opens read-only. */
export function VersionsPanel({ scenarioId, name, onClose }: { scenarioId: number; name: string; onClose: () => void }) {
  const say = useTexts();
  const { data, error, refetch } = useGet<{ items: VersionItem[] }>(`/scenarios/${scenarioId}/versions`);
  return (
    <SidePanel title={name || say("versions.title")} label={say("versions.title")} onClose={onClose}>
      {error && !data && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!data && !error && <CardSkeletons cards={2} />}
      {data?.items.length === 0 && (
        <EmptyState compact title={say("versions.empty")}>
          <p>{say("versions.emptyText")}</p>
        </EmptyState>
      )}
      <ol className={classes.versions}>
        {data?.items.map((version) => (
          <VersionRow key={version.id} version={version} scenarioId={scenarioId} />
        ))}
      </ol>
    </SidePanel>
  );
}
