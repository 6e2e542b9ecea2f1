import { Button, Switch } from "@mantine/core";
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { InquiryProvider } from "../api/types/inquiries";
import { type Fact, Facts } from "../ui/Facts";
import { notifyDone } from "../ui/notify";
import { Card } from "../ui/Page";
import { SettingInput, withSetting } from "../ui/SettingInput";
import { ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Instant } from "../ui/Values";
import settings from "../ui/Settings.module.css";
import classes from "./Inquiries.module.css";
import { useTexts } from "./texts";

const HOUR = 3_600;

function useFacts(provider: InquiryProvider): Fact[] {
  const say = useTexts();
  const { number } = useFormat();
  return [
    ...provider.quotas.map((quota) => ({
      title: say(`settings.${quota.kind}`),
      value: say(quota.seconds <= HOUR ? "settings.perHour" : "settings.perDay", { used: number(quota.used), most: number(quota.most) }),
    })),
    ...(provider.trouble_text ? [{ title: say("settings.trouble"), value: provider.trouble_text }] : []),
    ...(provider.paused_until ? [{ title: say("settings.paused"), value: <Instant value={provider.paused_until} /> }] : []),
    ...(provider.changed_at
      ? [
          {
            title: say("settings.changed"),
            value: (
              <>
                <Instant value={provider.changed_at} /> · {provider.changed_by}
              </>
            ),
          },
        ]
      : []),
  ];
}

/** One provider: its address, its secrets, how much of its quotas is used. */
export function ProviderCard({ provider }: { provider: InquiryProvider }) {
  const say = useTexts();
  const facts = useFacts(provider);
  const [enabled, setEnabled] = useState(provider.enabled);
  const [values, setValues] = useState<Record<string, string>>({});
  const save = useAct(() => api.put(`/inquiry-providers/${provider.key}`, { enabled, values }), {
    refresh: ["/inquiry-providers", "/inquiries"],
    quiet: true,
    done: say("settings.saved"),
    onDone: () => setValues({}),
  });
  const test = useAct(() => api.post<{ said: string }>(`/inquiry-providers/${provider.key}/test`), {
    refresh: ["/inquiry-providers"],
    onDone: ({ said }) => notifyDone(said),
  });
  const problems = save.error instanceof ApiError ? save.error.problems : [];
  const general = save.error && !problems.some((problem) => problem.field);
  const isChanged = enabled !== provider.enabled || Object.keys(values).length > 0;
  const words = { kept: say("settings.kept"), secretNew: say("settings.secretNew"), show: say("settings.show") };
  return (
    <Card title={provider.title} aside={<Label tone={provider.enabled ? "good" : "quiet"}>{say(provider.enabled ? "settings.on" : "settings.off")}</Label>}>
      <form
        className={classes.provider}
        noValidate
        aria-label={provider.title}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <p className="ks-muted">{provider.help}</p>
        {provider.sealed && <p role="alert">{say("settings.sealed")}</p>}
        {provider.fields.map((field) => (
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
        <div className={settings.buttons}>
          <Button type="submit" disabled={!isChanged} loading={save.isPending}>
            {say("settings.save")}
          </Button>
          <Button
            variant="default"
            disabled={isChanged || !provider.changed_at}
            title={isChanged ? say("settings.testFirst") : undefined}
            loading={test.isPending}
            onClick={() => test.mutate(undefined)}
          >
            {say("settings.test")}
          </Button>
        </div>
        <Facts facts={facts} />
      </form>
    </Card>
  );
}
