import { Button, Group } from "@mantine/core";
import { Link } from "react-router";
import { api, useGet } from "../api/client";
import type { ApplicationCard } from "../api/types/applications";
import { useRight } from "../app/me";
import { ask, confirm } from "../ui/confirm";
import { type Fact, Facts } from "../ui/Facts";
import { SidePanel } from "../ui/SidePanel";
import { CardSkeletons, ErrorState } from "../ui/states";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Instant, Money } from "../ui/Values";
import { ApplicationState } from "./ApplicationState";
import classes from "./Applications.module.css";
import { useTexts } from "./texts";

function useFacts(found: ApplicationCard): Fact[] {
  const say = useTexts();
  const { number } = useFormat();
  const shown: (Fact | false)[] = [
    { title: say("columns.borrower"), value: <Link to={`/loans?borrower=${found.borrower.id}`}>{say("borrowersLoans")}</Link> },
    { title: say("columns.product"), value: found.product.name },
    { title: say("columns.term"), value: found.unit ? say(`terms.${found.unit}`, { count: found.term }) : found.term },
    found.full_cost !== null && { title: say("fullCost"), value: say("fullCostYear", { rate: `${number(found.full_cost / 1000, 3)}\u00a0%` }) },
    found.charges !== null && { title: say("charges"), value: <Money value={found.charges} full /> },
    found.refinanced !== null && { title: say("refinanced"), value: <Link to={`/loans/${found.refinanced.id}`}>{found.refinanced.external_id}</Link> },
    found.pays_off !== null && { title: say("paysOff"), value: <Money value={found.pays_off} full /> },
    found.risk_score !== null && { title: say("riskScore"), value: number(found.risk_score) },
    found.debt_burden !== null && { title: say("debtBurden"), value: `${number(found.debt_burden)}\u00a0%` },
    found.channel !== null && { title: say("channel"), value: say.known(`channels.${found.channel}`, found.channel) },
    { title: say("columns.filed"), value: <Instant value={found.filed_at} /> },
    { title: say("columns.by"), value: found.filed_by },
    found.decided_by !== null && { title: say("columns.decided"), value: found.decided_by },
    found.requested_by !== null && { title: say("requested"), value: found.requested_by },
    found.confirmed_by !== null && { title: say("columns.confirmed"), value: found.confirmed_by },
    found.loan !== null && { title: say("columns.loan"), value: <Link to={`/loans/${found.loan.id}`}>{found.loan.external_id}</Link> },
  ];
  return shown.filter((fact) => fact !== false);
}

/** What decided it: what speaks against it, the rule that held, what the rules read, a person's word. */
function Why({ found }: { found: ApplicationCard }) {
  const say = useTexts();
  const { rule } = found;
  return (
    <section className={classes.why} aria-label={say("why")}>
      <h3>{say("why")}</h3>
      {found.against.length > 0 && (
        <ul>
          {found.against.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {found.note && <p>{found.note}</p>}
      {rule ? (
        <p>
          {say("rule", { n: rule.number, revision: found.product_revision })} {rule.words} – {say(`outcomes.${rule.outcome}`)}
          {rule.reason && found.against.length === 0 && ` (${rule.reason})`}
        </p>
      ) : (
        found.against.length === 0 && !found.note && <p>{say("noRule")}</p>
      )}
      {found.seen.length > 0 && (
        <>
          <h3>{say("seen")}</h3>
          <Facts facts={found.seen.map((one) => ({ title: one.title, value: one.value ?? "–" }))} />
        </>
      )}
    </section>
  );
}

function Acts({ found }: { found: ApplicationCard }) {
  const say = useTexts();
  const mayIssue = useRight("loan.issue");
  const mayDecide = useRight("application.decide");
  const act = useAct(({ path, body }: { path: string; body?: unknown }) => api.post<ApplicationCard>(`/applications/${found.id}/${path}`, body ?? {}), {
    refresh: ["/applications", "/loans", "/products", "/home", "/borrowers"],
    done: (after) => say(`became.${after.state}`, { loan: after.loan?.external_id ?? "" }),
  });
  const settle = async (approved: boolean) => {
    const note = await ask({
      title: say(approved ? "approve.title" : "refuse.title"),
      label: say("reason"),
      action: say(approved ? "approve.action" : "refuse.action"),
      required: true,
      multiline: true,
      danger: !approved,
    });
    if (note) act.mutate({ path: "settle", body: { approved, note: note.slice(0, 250) } });
  };
  const issue = async () => {
    const number = await ask({ title: say("issue.title"), label: say("issue.number"), help: say("issue.help"), action: say("issue.action") });
    if (number !== null) act.mutate({ path: "issue", body: { number: number.slice(0, 64) || null } });
  };
  const onConfirm = async () => {
    const text = say("confirm.text", { by: found.requested_by ?? "" });
    if (await confirm({ title: say("confirm.title"), text, action: say("confirm.action") })) act.mutate({ path: "confirm" });
  };
  const withdraw = async () => {
    const note = await ask({ title: say("withdraw.title"), label: say("reason"), action: say("withdraw.action"), required: true, multiline: true, danger: true });
    if (note) act.mutate({ path: "withdraw", body: { note: note.slice(0, 250) } });
  };
  const isOpen = ["waiting", "approved", "confirming"].includes(found.state);
  if (!isOpen) return null;
  return (
    <>
      {found.state === "confirming" && !found.may_confirm && <p className={classes.advice}>{say("confirm.waits", { by: found.requested_by ?? "" })}</p>}
      {found.state === "waiting" && mayDecide && !found.may_settle && <p className={classes.advice}>{say("ownWaits")}</p>}
      <Group gap="xs">
        {found.may_settle && (
          <>
            <Button loading={act.isPending} onClick={() => void settle(true)}>
              {say("approve.action")}
            </Button>
            <Button variant="default" loading={act.isPending} onClick={() => void settle(false)}>
              {say("refuse.action")}
            </Button>
          </>
        )}
        {found.state === "approved" && mayIssue && (
          <Button loading={act.isPending} onClick={() => void issue()}>
            {say("issue.action")}
          </Button>
        )}
        {found.may_confirm && (
          <Button loading={act.isPending} onClick={() => void onConfirm()}>
            {say("confirm.action")}
          </Button>
        )}
        {mayIssue && (
          <Button variant="default" loading={act.isPending} onClick={() => void withdraw()}>
            {say("withdraw.action")}
          </Button>
        )}
      </Group>
    </>
  );
}

function Found({ found }: { found: ApplicationCard }) {
  const facts = useFacts(found);
  return (
    <div className={classes.panel}>
      <div>
        <span className={classes.sum}>
          <Money value={found.principal} full />
        </span>{" "}
        <ApplicationState state={found.state} />
      </div>
      <Acts found={found} />
      <Why found={found} />
      <Facts facts={facts} />
    </div>
  );
}

/** One application: what was asked, what was decided and why, and what a person does with it. */
export function ApplicationPanel({ applicationId, onClose }: { applicationId: number; onClose: () => void }) {
  const say = useTexts();
  const { data: found, error, refetch } = useGet<ApplicationCard>(`/applications/${applicationId}`);
  return (
    <SidePanel title={found ? (found.borrower.name ?? say("one")) : say("one")} label={say("one")} onClose={onClose}>
      {error && !found && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!found && !error && <CardSkeletons cards={2} />}
      {found && <Found found={found} />}
    </SidePanel>
  );
}
