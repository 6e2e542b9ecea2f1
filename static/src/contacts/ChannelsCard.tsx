import { Button } from "@mantine/core";
import { api } from "../api/client";
import type { ContactCard } from "../api/types/contacts";
import { useRight } from "../app/me";
import { confirm } from "../ui/confirm";
import { Card } from "../ui/Page";
import { Label } from "../ui/Tone";
import { Instant } from "../ui/Values";
import classes from "./Contacts.module.css";
import { useTexts } from "./texts";
import { useChange } from "./useChange";

interface Said {
  channel: string | null;
  refused: boolean;
}

/** Which channels the borrower has refused; the operator writes down what they say. */
export function ChannelsCard({ card }: { card: ContactCard }) {
  const say = useTexts();
  const mayStop = useRight("contact.stop");
  const change = useChange((said: Said) => api.post(`/contacts/${card.id}/refusals`, said), { done: say("channels.done") });
  const nameOf = (channel: string | null) => (channel === null ? say("channels.every") : say.known(`channels.names.${channel}`, channel));
  const refuse = async (channel: string | null) => {
    const question = { title: say("channels.refuseTitle", { channel: nameOf(channel) }), text: say("channels.refuseText"), action: say("channels.refuse"), danger: true };
    if (await confirm(question)) change.mutate({ channel, refused: true });
  };
  const areAllRefused = card.refusals.length === card.channels.length;
  return (
    <Card title={say("channels.title")}>
      <ul className={classes.lines}>
        {card.channels.map((channel) => {
          const refusal = card.refusals.find((one) => one.channel === channel);
          return (
            <li key={channel} className={classes.line}>
              <div className={classes.what}>
                <span>{nameOf(channel)}</span>
                {refusal && (
                  <span className={classes.small}>
                    <Instant value={refusal.since} /> · {say.known(`consents.sources.${refusal.source}`, refusal.source)} · {refusal.by}
                  </span>
                )}
              </div>
              <Label tone={refusal ? "bad" : "good"}>{say(refusal ? "channels.refused" : "channels.allowed")}</Label>
              {mayStop && (
                <Button
                  size="compact-xs"
                  variant="default"
                  disabled={change.isPending}
                  aria-label={`${say(refusal ? "channels.allow" : "channels.refuse")}: ${nameOf(channel)}`}
                  onClick={() => (refusal ? change.mutate({ channel, refused: false }) : void refuse(channel))}
                >
                  {say(refusal ? "channels.allow" : "channels.refuse")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {mayStop && (
        <div className={classes.acts}>
          <Button size="compact-sm" variant="default" onClick={() => (areAllRefused ? change.mutate({ channel: null, refused: false }) : void refuse(null))}>
            {say(areAllRefused ? "channels.allowAll" : "channels.refuseAll")}
          </Button>
        </div>
      )}
    </Card>
  );
}
