import { Button, Group } from "@mantine/core";
import { api, useGet } from "../api/client";
import type { LoanFacts } from "../api/types/loans";
import { useMe } from "../app/me";
import { ask } from "../ui/confirm";
import { Card } from "../ui/Page";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { DayText, Instant } from "../ui/Values";
import { type Asked, type Desk, type LoanRequest, type Pause, standing } from "./model";
import classes from "./Servicing.module.css";
import { useTexts } from "./texts";

const MONEY = ["principal", "interest", "penalty", "fee", "costs", "price"];

/** What was asked for, as a person reads it. */
function AskedText({ asked, kind }: { asked: Asked; kind: string }) {
  const say = useTexts();
  const { money, day, number } = useFormat();
  const show = (name: string, value: string | number | boolean | null) => {
    if (typeof value === "boolean" || value === null) return null;
    if (name === "rate_ppm") return `${number(Number(value) / 10_000, 4)}\u00a0%`;
    if (typeof value === "number") return MONEY.includes(name) ? money(value) : number(value);
    if (/^\d{4}-\d\d-\d\d$/.test(value)) return day(value);
    return say.known(`ways.${name}.${value}`, say.known(`every.${value}`, value));
  };
  return (
    <p className={classes.asked}>
      {Object.entries(asked).map(([name, value]) => {
        const shown = show(name, value);
        return shown === null ? null : (
          <span key={name}>
            <span className="ks-muted">{say.known(`asks.${kind}.${name}`, say.known(`asks.${name}`, name))}:</span> {shown}
          </span>
        );
      })}
    </p>
  );
}

function Request({ request }: { request: LoanRequest }) {
  const say = useTexts();
  const { rights } = useMe();
  const refresh = ["/loans", "/servicing", "/home", "/tasks"];
  const approve = useAct(() => api.post<{ ended_cases: number }>(`/servicing/requests/${request.id}/approval`), {
    refresh,
    done: (done) => say("done", { count: done.ended_cases }),
  });
  const reject = useAct((reason: string) => api.post(`/servicing/requests/${request.id}/rejection`, { reason }), { refresh, done: say("rejected") });
  const mayDecide = rights.includes("loan.approve");
  const refuse = async () => {
    const reason = await ask({
      title: request.own ? say("takeBack") : say("reject"),
      label: say("rejectReason"),
      action: request.own ? say("takeBack") : say("reject"),
      required: true,
    });
    if (reason) reject.mutate(reason);
  };
  return (
    <div className={classes.request}>
      <div>
        <Label tone="warn">{say("waits")}</Label> <strong>{request.title}</strong>
      </div>
      <AskedText asked={request.asked} kind={request.kind} />
      <span className="ks-muted">
        {say("askedBy", { name: request.asked_by })}, <Instant value={request.asked_at} />
      </span>
      {request.own && <span className="ks-muted">{say("ownRequest")}</span>}
      <Group gap="xs">
        {mayDecide && !request.own && (
          <Button size="compact-sm" loading={approve.isPending} onClick={() => approve.mutate(undefined)}>
            {say("approve")}
          </Button>
        )}
        {(mayDecide || request.own) && (
          <Button size="compact-sm" variant="default" loading={reject.isPending} onClick={() => void refuse()}>
            {request.own ? say("takeBack") : say("reject")}
          </Button>
        )}
      </Group>
    </div>
  );
}

function PauseLine({ pause }: { pause: Pause }) {
  const say = useTexts();
  const stops = [pause.interest_stops && say("fields.interestStops"), pause.penalty_stops && say("fields.penaltyStops")].filter(Boolean).join(", ");
  return (
    <div>
      <Label tone="accent">{say(`pauses.${pause.kind as "dispute"}`)}</Label> {say("from")} <DayText value={pause.first} />
      {pause.last && (
        <>
          {" "}
          {say("to")} <DayText value={pause.last} />
        </>
      )}
      <div className="ks-muted">
        {say("dpdStands")}
        {stops && ` · ${stops}`}
        {pause.ground && ` · ${say.known(`grounds.${pause.ground}`, pause.ground)}`}
      </div>
    </div>
  );
}

/** What holds for the loan beyond its schedule, and what waits for a second person; nothing when there is neither. */
export function StandingCard({ loan }: { loan: LoanFacts }) {
  const say = useTexts();
  const { data: desk } = useGet<Desk>(`/servicing/loans/${loan.id}`, { enabled: loan.servicing === "ledger" });
  if (!desk) return null;
  const waiting = desk.requests.filter((one) => one.state === "waiting");
  const pauses = standing(desk);
  const isProlonged = desk.prolonged > 0 && desk.prolongations > 0;
  if (waiting.length + pauses.length === 0 && !isProlonged) return null;
  return (
    <Card title={say("standing")}>
      <div className={classes.standing}>
        {isProlonged && <div>{say("prolonged", { count: desk.prolonged, most: desk.prolongations })}</div>}
        {pauses.map((pause) => (
          <PauseLine key={pause.first} pause={pause} />
        ))}
        {waiting.map((request) => (
          <Request key={request.id} request={request} />
        ))}
      </div>
    </Card>
  );
}
