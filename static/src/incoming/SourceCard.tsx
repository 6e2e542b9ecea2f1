import { ActionIcon, Button, CopyButton, Switch, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { PaymentSource } from "../api/types/incoming";
import { Facts } from "../ui/Facts";
import { Card } from "../ui/Page";
import { SettingInput, withSetting } from "../ui/SettingInput";
import { ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Count, Instant } from "../ui/Values";
import classes from "./Incoming.module.css";
import { useTexts } from "./texts";

function Address({ path }: { path: string }) {
  const say = useTexts();
  const address = window.location.origin + path;
  return (
    <div className={classes.address}>
      <TextInput label={say("settings.address")} value={address} readOnly onFocus={(event) => event.currentTarget.select()} />
      <CopyButton value={address}>
        {({ copied, copy }) => (
          <ActionIcon size={36} variant="default" aria-label={copied ? say("settings.copied") : say("settings.copy")} onClick={copy}>
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        )}
      </CopyButton>
    </div>
  );
}

/** One source: its address, its secrets, and how it has been doing. */
export function SourceCard({ source }: { source: PaymentSource }) {
  const say = useTexts();
  const { number } = useFormat();
  const [enabled, setEnabled] = useState(source.enabled);
  const [values, setValues] = useState<Record<string, string>>({});
  const save = useAct(() => api.put(`/sources/${source.key}`, { enabled, values }), {
    refresh: ["/sources"],
    quiet: true,
    done: say("settings.saved"),
    onDone: () => setValues({}),
  });
  const problems = save.error instanceof ApiError ? save.error.problems : [];
  const general = save.error && !problems.some((problem) => problem.field);
  const words = { kept: say("settings.kept"), secretNew: say("settings.secretNew"), show: say("settings.show") };
  const isChanged = enabled !== source.enabled || Object.keys(values).length > 0;
  return (
    <Card
      title={source.title}
      aside={<Label tone={source.enabled ? "good" : "quiet"}>{source.enabled ? say("settings.on") : say("settings.off")}</Label>}
    >
      <form
        className={classes.source}
        noValidate
        aria-label={source.title}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <p className="ks-muted">{source.help}</p>
        <Address path={source.path} />
        {source.sealed && <p role="alert">{say("settings.sealed")}</p>}
        {source.fields.map((field) => (
          <SettingInput
            key={field.key}
            field={field}
            words={words}
            value={values[field.key] ?? field.value ?? ""}
            error={problems.find((problem) => problem.field === field.key)?.text}
            onChange={(value) => setValues((former) => withSetting(former, field, value))}
          />
        ))}
        <Switch label={say("settings.enabled")} checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />
        {general && <ErrorState compact error={save.error} />}
        <Button type="submit" disabled={!isChanged} loading={save.isPending}>
          {say("settings.save")}
        </Button>
        <Facts
          facts={[
            { title: say("settings.last"), value: source.last_received_at ? <Instant value={source.last_received_at} /> : say("settings.never") },
            { title: say("settings.day"), value: <Count value={source.received_day} /> },
            { title: say("settings.refused"), value: <Count value={source.refused_day} /> },
            ...(source.changed_at
              ? [
                  {
                    title: say("settings.changed"),
                    value: (
                      <>
                        <Instant value={source.changed_at} /> · {source.changed_by}
                      </>
                    ),
                  },
                ]
              : []),
          ]}
        />
        {source.refusals.length > 0 && (
          <ul className={classes.refusals}>
            {source.refusals.map((one) => (
              <li key={one.reason}>{say("settings.refusal", { reason: one.reason, n: number(one.count), sender: one.last_sender })}</li>
            ))}
          </ul>
        )}
      </form>
    </Card>
  );
}
