import { Button } from "@mantine/core";
import { useState } from "react";
import type { ContactCard, ConsentSaid } from "../api/types/contacts";
import { useRight } from "../app/me";
import { Card } from "../ui/Page";
import { Label } from "../ui/Tone";
import { DayText, Instant } from "../ui/Values";
import classes from "./Contacts.module.css";
import { useTexts } from "./texts";
import { type Word, WordDialog } from "./WordDialog";

function Said({ said, card }: { said: ConsentSaid; card: ContactCard }) {
  const say = useTexts();
  const party = card.third_parties.find((one) => one.id === said.third_party_id);
  const about = [
    say.known(`consents.purposes.${said.purpose}`, said.purpose),
    said.purpose === "contact" ? (said.channel ? say.known(`channels.names.${said.channel}`, said.channel) : say("consents.every")) : null,
    party ? (party.name ?? say("hidden")) : null,
    say.known(`consents.sources.${said.source}`, said.source),
    said.document,
    said.by,
  ];
  return (
    <li className={classes.line}>
      <span className={classes.what}>
        {about.filter(Boolean).join(" · ")}
        <span className={classes.small}>
          <Instant value={said.at} />
        </span>
      </span>
      <Label tone={said.act === "given" ? "good" : "bad"}>{say.known(`consents.${said.act}`, said.act)}</Label>
    </li>
  );
}

/** What the borrower has agreed to beside contact, and everything that was ever said. */
export function ConsentsCard({ card }: { card: ContactCard }) {
  const say = useTexts();
  const mayEdit = useRight("contact.edit");
  const [word, setWord] = useState<Word | null>(null);
  const rest = card.consents.filter((one) => one.purpose !== "contact");
  return (
    <Card title={say("consents.title")}>
      <ul className={classes.lines}>
        {rest.map((one) => (
          <li key={one.purpose} className={classes.line}>
            <div className={classes.what}>
              <span>{say.known(`consents.purposes.${one.purpose}`, one.purpose)}</span>
              {one.act && (
                <span className={classes.small}>
                  {one.dated ? <DayText value={one.dated} /> : <Instant value={one.at} />}
                  {` · ${say.known(`consents.sources.${one.source}`, one.source ?? "")}`}
                  {one.document && ` · ${one.document}`}
                </span>
              )}
            </div>
            <Label tone={one.act === "given" ? "good" : one.act === "revoked" ? "bad" : "quiet"}>{one.act ? say.known(`consents.${one.act}`, one.act) : say("consents.never")}</Label>
            {mayEdit && (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`${say(one.act === "given" ? "consents.revoke" : "consents.give")}: ${say.known(`consents.purposes.${one.purpose}`, one.purpose)}`}
                onClick={() => setWord({ purpose: one.purpose, act: one.act === "given" ? "revoked" : "given" })}
              >
                {say(one.act === "given" ? "consents.revoke" : "consents.give")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {card.history.length > 0 && (
        <details className={classes.history}>
          <summary>{say("consents.history", { count: card.history.length })}</summary>
          <ul className={classes.lines}>
            {card.history.map((said) => (
              <Said key={said.id} said={said} card={card} />
            ))}
          </ul>
        </details>
      )}
      {word && <WordDialog borrowerId={card.id} word={word} onClose={() => setWord(null)} />}
    </Card>
  );
}
