import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import dayjs from "dayjs";
import { useState } from "react";
import { api } from "../api/client";
import type { Policy, PolicyTrial } from "../api/types/policies";
import { timeZone } from "../ui/format";
import { instantFromLocal } from "../ui/localTime";
import { Card } from "../ui/Page";
import { ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { Instant } from "../ui/Values";
import classes from "./Policies.module.css";
import { useTexts } from "./texts";

const CHANNELS: Record<string, readonly ("sms" | "email" | "messenger" | "robot_call" | "operator_call" | "meeting")[]> = {
  message: ["sms", "email", "messenger"],
  call: ["operator_call", "robot_call"],
  meeting: ["meeting"],
};
const ZONES = ["Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Vladivostok", "Asia/Kamchatka", "Europe/London", "America/New_York"];

interface Made {
  kind: string;
  at: string;
  talked: boolean;
}

function Answer({ answer }: { answer: PolicyTrial }) {
  const say = useTexts();
  return (
    <div className={classes.answer} role="status">
      <Label tone={answer.allowed ? "good" : answer.until ? "warn" : "bad"}>{say(answer.allowed ? "trial.allowed" : answer.until ? "trial.deferred" : "trial.blocked")}</Label>
      <span>{answer.text}</span>
      {answer.until && (
        <span className="ks-muted">
          {say("trial.until")} <Instant value={answer.until} />
        </span>
      )}
      <span className="ks-muted">{say(answer.rest_day ? "trial.restDay" : "trial.workingDay", { n: answer.revision })}</span>
    </div>
  );
}

function History({ made, onChange }: { made: readonly Made[]; onChange: (made: Made[]) => void }) {
  const say = useTexts();
  const put = (index: number, change: Partial<Made>) => onChange(made.map((one, place) => (place === index ? { ...one, ...change } : one)));
  return (
    <fieldset className={classes.limits}>
      <legend>{say("trial.history")}</legend>
      {made.map((one, index) => (
        <div key={index} className={classes.limit}>
          <NativeSelect
            size="xs"
            aria-label={say("edit.kind")}
            value={one.kind}
            data={(["message", "call", "meeting", "incoming"] as const).map((key) => ({ value: key, label: say(`kinds.${key}`) }))}
            onChange={(event) => put(index, { kind: event.currentTarget.value })}
          />
          <TextInput size="xs" type="datetime-local" aria-label={say("trial.at")} value={one.at} onChange={(event) => put(index, { at: event.currentTarget.value })} />
          <Checkbox size="xs" label={say("trial.talked")} checked={one.talked} onChange={(event) => put(index, { talked: event.currentTarget.checked })} />
          <Button size="compact-xs" variant="default" onClick={() => onChange(made.filter((_, place) => place !== index))}>
            {say("edit.remove")}
          </Button>
        </div>
      ))}
      <Button size="compact-sm" variant="default" onClick={() => onChange([...made, { kind: "call", at: nowLocal(-1), talked: false }])}>
        {say("trial.add")}
      </Button>
    </fieldset>
  );
}

function nowLocal(days = 0): string {
  return dayjs().tz(timeZone()).add(days, "day").format("YYYY-MM-DDTHH:mm");
}

/** Would this contact be allowed: of a borrower that there is, or of somebody made up. */
export function TrialCard({ policy }: { policy: Policy }) {
  const say = useTexts();
  const [kind, setKind] = useState("call");
  const [channel, setChannel] = useState("operator_call");
  const [at, setAt] = useState(nowLocal());
  const [version, setVersion] = useState("");
  const [loan, setLoan] = useState("");
  const [zone, setZone] = useState("Europe/Moscow");
  const [made, setMade] = useState<Made[]>([]);
  const act = useAct(
    () =>
      api.post<PolicyTrial>(`/policies/${policy.key}/trial`, {
        kind,
        channel,
        at: instantFromLocal(at),
        version: version ? Number(version) : null,
        loan: loan.trim() || null,
        time_zone: zone,
        history: made.filter((one) => one.at).map((one) => ({ kind: one.kind, at: instantFromLocal(one.at), talked: one.talked })),
      }),
    { refresh: ["never"], quiet: true },
  );
  const isReal = loan.trim() !== "";
  return (
    <Card title={say("trial.title")}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate(undefined);
        }}
      >
        <div className={classes.pair}>
          <NativeSelect
            label={say("edit.kind")}
            value={kind}
            data={(["message", "call", "meeting"] as const).map((key) => ({ value: key, label: say(`kinds.${key}`) }))}
            onChange={(event) => {
              setKind(event.currentTarget.value);
              setChannel(CHANNELS[event.currentTarget.value]?.[0] ?? "");
            }}
          />
          <NativeSelect
            label={say("trial.channel")}
            value={channel}
            data={(CHANNELS[kind] ?? []).map((key) => ({ value: key, label: say(`channels.${key}`) }))}
            onChange={(event) => setChannel(event.currentTarget.value)}
          />
          <TextInput type="datetime-local" required label={say("trial.at")} value={at} onChange={(event) => setAt(event.currentTarget.value)} />
          <NativeSelect
            label={say("trial.version")}
            value={version}
            data={[{ value: "", label: say("trial.inForce") }, ...policy.versions.map((one) => ({ value: String(one.id), label: `${say("version", { n: one.revision })}` }))]}
            onChange={(event) => setVersion(event.currentTarget.value)}
          />
          <TextInput label={say("trial.loan")} placeholder={say("trial.madeUp")} value={loan} maxLength={64} onChange={(event) => setLoan(event.currentTarget.value)} />
          {!isReal && <NativeSelect label={say("trial.zone")} value={zone} data={ZONES} onChange={(event) => setZone(event.currentTarget.value)} />}
        </div>
        {!isReal && <History made={made} onChange={setMade} />}
        <div className={classes.acts}>
          <Button type="submit" loading={act.isPending}>
            {say("trial.ask")}
          </Button>
        </div>
        {act.error && <ErrorState compact error={act.error} />}
        {act.data && !act.error && <Answer answer={act.data} />}
      </form>
    </Card>
  );
}
