import { Button } from "@mantine/core";
import { api } from "../api/client";
import type { PolicyVersion } from "../api/types/policies";
import { useMe } from "../app/me";
import { ask, confirm } from "../ui/confirm";
import { Label, type Tone } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { Instant } from "../ui/Values";
import classes from "./Policies.module.css";
import { useTexts } from "./texts";

const TONES: Record<PolicyVersion["state"], Tone> = { draft: "quiet", waiting: "accent", approved: "quiet", rejected: "bad" };

function Changes({ version }: { version: PolicyVersion }) {
  const say = useTexts();
  if (version.in_force) return null;
  if (version.changes.length === 0) return <p className={classes.note}>{say("noChanges")}</p>;
  return (
    <details open={version.state === "draft" || version.state === "waiting"}>
      <summary>{say("changes")}</summary>
      <dl className={classes.changes}>
        {version.changes.map((one) => (
          <div key={one.title}>
            <dt>{one.title}</dt>
            {one.before !== null && (
              <dd>
                <del>{one.before}</del>
              </dd>
            )}
            {one.after !== null && (
              <dd>
                <ins>{one.after}</ins>
              </dd>
            )}
          </div>
        ))}
      </dl>
    </details>
  );
}

function Acts({ version, onEdit }: { version: PolicyVersion; onEdit: () => void }) {
  const say = useTexts();
  const { user, rights } = useMe();
  const act = useAct(
    ({ what, remark }: { what: string; remark?: string }) =>
      what === "discard" ? api.delete(`/policies/versions/${version.id}`) : api.post(`/policies/versions/${version.id}/${what}`, remark === undefined ? {} : { remark }),
    { refresh: ["/policies"] },
  );
  const mayEdit = rights.includes("policy.edit");
  const isOwn = version.author === user.name;
  const mayDecide = rights.includes("policy.approve") && !isOwn;
  const approve = async () => {
    const remark = await ask({ title: say("acts.approveTitle"), text: say("acts.approveText"), label: say("acts.remark"), action: say("acts.approve"), multiline: true });
    if (remark !== null) act.mutate({ what: "approve", remark });
  };
  const reject = async () => {
    const remark = await ask({ title: say("acts.rejectTitle"), label: say("acts.remark"), action: say("acts.reject"), multiline: true, required: true, danger: true });
    if (remark) act.mutate({ what: "reject", remark });
  };
  const discard = async () => {
    if (await confirm({ title: say("acts.discardTitle"), action: say("acts.discard"), danger: true })) act.mutate({ what: "discard" });
  };
  const button = (label: string, onClick: () => void, isMain = false) => (
    <Button size="compact-sm" variant={isMain ? "filled" : "default"} loading={act.isPending} onClick={onClick}>
      {label}
    </Button>
  );
  if (version.state === "draft" && mayEdit) {
    return (
      <div className={classes.acts}>
        {button(say("acts.submit"), () => act.mutate({ what: "submit" }), true)}
        {button(say("acts.edit"), onEdit)}
        {button(say("acts.discard"), () => void discard())}
      </div>
    );
  }
  if (version.state !== "waiting") return null;
  return (
    <div className={classes.acts}>
      {mayDecide && button(say("acts.approve"), () => void approve(), true)}
      {mayDecide && button(say("acts.reject"), () => void reject())}
      {mayEdit && button(say("acts.withdraw"), () => act.mutate({ what: "withdraw" }))}
      {isOwn && <span className="ks-muted">{say("acts.another")}</span>}
    </div>
  );
}

/** One dated version: who wrote it, who let it through, and what it changes. */
export function VersionItem({ version, onEdit }: { version: PolicyVersion; onEdit: () => void }) {
  const say = useTexts();
  return (
    <li>
      <div className={classes.head}>
        <strong>{say("version", { n: version.revision })}</strong>
        {version.in_force ? <Label tone="good">{say("states.inForce")}</Label> : <Label tone={TONES[version.state]}>{say(`states.${version.state}`)}</Label>}
        <span className="ks-muted">{version.valid_from ? <>{say("from")} <Instant value={version.valid_from} /></> : say("onApproval")}</span>
      </div>
      <div className="ks-muted">
        {say("by", { who: version.author })} <Instant value={version.changed_at} />
        {version.reviewer && (
          <>
            {"; "}
            {say("reviewed", { who: version.reviewer })} <Instant value={version.reviewed_at} />
          </>
        )}
      </div>
      {version.note && <p className={classes.said}>{version.note}</p>}
      {version.remark && <p className={classes.said}>{say("remark", { text: version.remark })}</p>}
      <Changes version={version} />
      <Acts version={version} onEdit={onEdit} />
    </li>
  );
}
