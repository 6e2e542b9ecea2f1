import { ActionIcon, Button, Checkbox, CopyButton, PasswordInput, Switch, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { PaymentSource, SourceField } from "../api/types/incoming";
import { Facts } from "../ui/Facts";
import { Card } from "../ui/Page";
import { ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Count, Instant } from "../ui/Values";
import classes from "./Incoming.module.css";
import { useTexts } from "./texts";

interface FieldProps {
  field: SourceField;
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
}

function Field({ field, value, onChange, error }: FieldProps) {
  const say = useTexts();
  if (field.flag) {
    return (
      <Checkbox
        label={field.title}
        description={field.help}
        checked={value === "yes"}
        error={error}
        onChange={(event) => onChange(event.currentTarget.checked ? "yes" : "")}
      />
    );
  }
  const shared = { label: field.title, required: field.required && !field.known, maxLength: 500, value, error };
  if (field.secret) {
    const help = [field.help, say(field.known ? "settings.kept" : "settings.secretNew")].filter(Boolean).join(" ");
    return (
      <PasswordInput
        {...shared}
        description={help}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ "aria-label": say("settings.show") }}
        placeholder={field.known ? "••••••••" : ""}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return <TextInput {...shared} description={field.help} onChange={(event) => onChange(event.currentTarget.value)} />;
}

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
  const change = (field: SourceField, value: string) =>
    setValues((former) => {
      const others = Object.entries(former).filter(([key]) => key !== field.key);
      // an empty secret means: as it was
      return Object.fromEntries(field.secret && value === "" ? others : [...others, [field.key, value]]);
    });
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
          <Field
            key={field.key}
            field={field}
            value={values[field.key] ?? field.value ?? ""}
            error={problems.find((problem) => problem.field === field.key)?.text}
            onChange={(value) => change(field, value)}
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
