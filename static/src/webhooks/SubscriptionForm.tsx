import { Button, Checkbox, Input, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { SavedSubscription, Subscription, Subscriptions } from "../api/types/webhooks";
import { Refusal } from "../imports/Refusal";
import { Card } from "../ui/Page";
import { useAct } from "../ui/useAct";
import settings from "../ui/Settings.module.css";
import { useTexts } from "./texts";
import classes from "./Webhooks.module.css";

interface Props {
  subscription: Subscription | null;
  kinds: Subscriptions["kinds"];
  onSaved: (saved: SavedSubscription) => void;
  onClose: () => void;
}

/** Set a subscription up: a name, an address, what it is told. */
export function SubscriptionForm({ subscription, kinds, onSaved, onClose }: Props) {
  const say = useTexts();
  const [values, setValues] = useState(() => ({
    name: subscription?.name ?? "",
    url: subscription?.url ?? "",
    kinds: subscription?.kinds ?? kinds.map((kind) => kind.key),
    enabled: subscription?.enabled ?? false,
  }));
  const put = (part: Partial<typeof values>) => setValues((former) => ({ ...former, ...part }));
  const save = useAct(
    () =>
      subscription ? api.put<SavedSubscription>(`/subscriptions/${subscription.id}`, values) : api.post<SavedSubscription>("/subscriptions", values),
    { refresh: ["/subscriptions", "/deliveries"], quiet: true, done: say("form.saved"), onDone: onSaved },
  );
  const problems = save.error instanceof ApiError ? save.error.problems : [];
  const wrong = (field: string) => problems.find((problem) => problem.field === field)?.text;
  const title = subscription?.name ?? say("form.new");
  return (
    <Card title={title}>
      <form
        className={settings.form}
        noValidate
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <div className={settings.pair}>
          <TextInput
            label={say("form.name")}
            required
            maxLength={100}
            value={values.name}
            error={wrong("name")}
            onChange={(event) => put({ name: event.currentTarget.value })}
          />
          <TextInput
            label={say("form.url")}
            description={say("form.urlHelp")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            type="url"
            required
            maxLength={1000}
            value={values.url}
            error={wrong("url")}
            onChange={(event) => put({ url: event.currentTarget.value })}
          />
        </div>
        <Checkbox.Group label={say("form.kinds")} value={values.kinds} onChange={(chosen) => put({ kinds: chosen })}>
          <div className={classes.kinds}>
            {kinds.map((kind) => (
              <Checkbox key={kind.key} value={kind.key} label={kind.title} />
            ))}
          </div>
        </Checkbox.Group>
        {wrong("kinds") && <Input.Error>{wrong("kinds")}</Input.Error>}
        <Switch label={say("form.enabled")} checked={values.enabled} onChange={(event) => put({ enabled: event.currentTarget.checked })} />
        {save.error && <Refusal error={save.error} />}
        <div className={settings.buttons}>
          <Button type="submit" loading={save.isPending} disabled={values.kinds.length === 0}>
            {say("form.save")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {say("form.cancel")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
