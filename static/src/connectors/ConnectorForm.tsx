import { Button, Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { Connector } from "../api/types/connectors";
import { confirm } from "../ui/confirm";
import { MoneyInput } from "../ui/MoneyInput";
import { SettingInput, withSetting } from "../ui/SettingInput";
import settings from "../ui/Settings.module.css";
import { ErrorState } from "../ui/states";
import { useAct } from "../ui/useAct";
import { Instant } from "../ui/Values";
import { WholeInput } from "../ui/WholeInput";
import classes from "./Connectors.module.css";
import { useTexts } from "./texts";

interface Tried {
  is_good: boolean;
  said: string;
}

/** What is filled in about a connector; it can be tried before it is kept, and is switched live with a question. */
export function ConnectorForm({ connector, onClose }: { connector: Connector; onClose: () => void }) {
  const say = useTexts();
  const [values, setValues] = useState<Record<string, string>>({});
  const [rate, setRate] = useState(connector.rate === null ? "" : String(connector.rate));
  const [batch, setBatch] = useState<number | null>(connector.batch);
  const [tariff, setTariff] = useState<number | null>(connector.tariff);
  const [byPart, setByPart] = useState(connector.by_part);
  const perSecond = rate.trim() === "" ? null : Number(rate.replace(",", "."));
  const isRate = perSecond === null || perSecond > 0;
  const save = useAct(
    (mode: Connector["mode"]) =>
      api.put(`/connectors/${connector.key}`, { mode, values, rate: perSecond, batch: batch ?? 200, tariff: tariff ?? 0, by_part: byPart }),
    { refresh: ["/connectors"], quiet: true, done: say("saved"), onDone: onClose },
  );
  const test = useAct(() => api.post<Tried>(`/connectors/${connector.key}/test`, { values }), { quiet: true });
  const failed = save.error ?? test.error;
  const problems = failed instanceof ApiError ? failed.problems : [];
  const general = failed && !problems.some((problem) => problem.field);
  const words = { kept: say("kept"), secretNew: say("secretNew"), show: say("show") };
  const isLive = connector.mode === "live";
  const goLive = async () => {
    const question = { title: say("liveTitle", { name: connector.title }), text: say("liveText"), action: say("live"), danger: true };
    if (await confirm(question)) save.mutate("live");
  };
  return (
    <form
      className={settings.form}
      noValidate
      aria-label={connector.title}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(connector.mode);
      }}
    >
      <p className="ks-muted">{connector.help}</p>
      {connector.path && (
        <TextInput label={say("address")} value={window.location.origin + connector.path} readOnly onFocus={(event) => event.currentTarget.select()} />
      )}
      {connector.sealed && <p role="alert">{say("sealed")}</p>}
      {connector.fields.map((field) => (
        <SettingInput
          key={field.key}
          field={field}
          words={words}
          value={values[field.key] ?? field.value ?? ""}
          error={problems.find((problem) => problem.field === field.key)?.text}
          onChange={(value) => setValues((former) => withSetting(former, field, value))}
        />
      ))}
      <div className={settings.pair}>
        <TextInput
          label={say("rate")}
          description={say("rateHelp")}
          inputMode="decimal"
          value={rate}
          error={isRate ? undefined : say("rateWrong")}
          onChange={(event) => setRate(event.currentTarget.value)}
        />
        <WholeInput label={say("batch")} value={batch} min={1} max={5_000} onChange={setBatch} />
        <MoneyInput label={say("tariff")} description={say("tariffHelp")} value={tariff} onChange={setTariff} />
      </div>
      <Checkbox label={say("byPart")} checked={byPart} onChange={(event) => setByPart(event.currentTarget.checked)} />
      {test.data && (
        <p className={test.data.is_good ? classes.good : classes.bad} role="status">
          {test.data.said}
        </p>
      )}
      {general && <ErrorState compact error={failed} />}
      <div className={settings.buttons}>
        <Button type="submit" variant={isLive ? "filled" : "default"} disabled={!isRate} loading={save.isPending}>
          {say("save")}
        </Button>
        {isLive ? (
          <Button variant="default" loading={save.isPending} onClick={() => save.mutate("sandbox")}>
            {say("toSandbox")}
          </Button>
        ) : (
          <Button disabled={!isRate} loading={save.isPending} onClick={() => void goLive()}>
            {say("live")}
          </Button>
        )}
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate(undefined)}>
          {say("test")}
        </Button>
        <Button variant="subtle" onClick={onClose}>
          {say("close")}
        </Button>
        {connector.changed_at && (
          <span className="ks-muted">
            {say("changed")} <Instant value={connector.changed_at} /> · {connector.changed_by}
          </span>
        )}
      </div>
    </form>
  );
}
