import { Button, CopyButton } from "@mantine/core";
import type { SavedSubscription } from "../api/types/webhooks";
import { Card } from "../ui/Page";
import settings from "../ui/Settings.module.css";
import { useTexts } from "./texts";
import classes from "./Webhooks.module.css";

/** A secret, the only time that it is shown. */
export function SecretCard({ made, onDone }: { made: SavedSubscription; onDone: () => void }) {
  const say = useTexts();
  return (
    <Card title={say("secret.title", { name: made.name })}>
      <p className={settings.intro}>{say("secret.text")}</p>
      <code className={classes.code}>{made.secret}</code>
      <div className={settings.buttons}>
        <CopyButton value={made.secret ?? ""}>
          {({ copied, copy }) => <Button onClick={copy}>{say(copied ? "secret.copied" : "secret.copy")}</Button>}
        </CopyButton>
        <Button variant="default" onClick={onDone}>
          {say("secret.done")}
        </Button>
      </div>
    </Card>
  );
}
