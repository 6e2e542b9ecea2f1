import { Button } from "@mantine/core";
import { useState } from "react";
import { useGet } from "../api/client";
import type { Policy, PolicyVersion } from "../api/types/policies";
import { useRight } from "../app/me";
import { Card, Page } from "../ui/Page";
import { CardSkeletons, ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { EditForm } from "./EditForm";
import classes from "./Policies.module.css";
import { useTexts } from "./texts";
import { TrialCard } from "./TrialCard";
import { VersionItem } from "./VersionItem";

/** One policy: what it says, a new version of it, what was before, and a bench to try contacts on. */
export function PolicyCard({ policyKey }: { policyKey: string }) {
  const say = useTexts();
  const mayEdit = useRight("policy.edit");
  const { data: policy, error, refetch } = useGet<Policy>(`/policies/${policyKey}`);
  const [edited, setEdited] = useState<PolicyVersion | "new" | null>(null);
  const crumb = { title: say("title"), to: "/policies" };
  if (!policy) {
    return (
      <Page title={policyKey} crumb={crumb}>
        {error ? <ErrorState error={error} retry={() => void refetch()} /> : <CardSkeletons cards={2} height={320} />}
      </Page>
    );
  }
  const inForce = policy.versions.find((one) => one.in_force);
  const isOpen = policy.versions.some((one) => one.state === "draft" || one.state === "waiting");
  return (
    <Page
      title={policy.title}
      crumb={crumb}
      state={<Label tone="good">{say("version", { n: inForce?.revision ?? 1 })}</Label>}
      actions={
        mayEdit &&
        !isOpen &&
        edited === null && <Button onClick={() => setEdited("new")}>{say("edit.new")}</Button>
      }
    >
      <div className={classes.columns}>
        <div className={classes.stack}>
          {edited !== null && <EditForm key={edited === "new" ? "new" : edited.id} policy={policy} version={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
          <Card title={say("inForce")}>
            <p className={classes.source}>{policy.source}</p>
            <dl className={classes.lines}>
              {policy.lines.map((line) => (
                <div key={line.key}>
                  <dt>{line.title}</dt>
                  <dd>{line.text}</dd>
                </div>
              ))}
            </dl>
          </Card>
        </div>
        <div className={classes.stack}>
          <TrialCard policy={policy} />
          <Card title={say("versions")}>
            {policy.versions.length === 0 && <p className="ks-muted">{say("shipped")}</p>}
            <ol className={classes.versions}>
              {policy.versions.map((one) => (
                <VersionItem key={one.id} version={one} onEdit={() => setEdited(one)} />
              ))}
            </ol>
          </Card>
        </div>
      </div>
    </Page>
  );
}
