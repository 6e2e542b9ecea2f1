import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import type { ContactCard, ThirdParty } from "../api/types/contacts";
import { useRight } from "../app/me";
import { confirm } from "../ui/confirm";
import { Card } from "../ui/Page";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { Label } from "../ui/Tone";
import classes from "./Contacts.module.css";
import { useTexts } from "./texts";
import { useChange } from "./useChange";
import { type Word, WordDialog } from "./WordDialog";

function PartyDialog({ card, onClose }: { card: ContactCard; onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const [name, setName] = useState("");
  const [relation, setRelation] = useState("");
  const add = useChange(() => api.post(`/contacts/${card.id}/third-parties`, { full_name: name, relation }), {
    done: say("parties.added"),
    quiet: true,
    onDone: onClose,
  });
  const isReady = name.trim() !== "" && relation.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) add.mutate(undefined);
  };
  return (
    <Modal opened onClose={onClose} title={say("parties.add")} closeButtonProps={{ "aria-label": ui("close") }}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <TextInput label={say("parties.name")} required maxLength={250} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
          <TextInput label={say("parties.relation")} required maxLength={64} value={relation} onChange={(event) => setRelation(event.currentTarget.value)} />
          {add.error && <ErrorState compact error={add.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" disabled={!isReady} loading={add.isPending}>
              {say("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Party({ card, party, onWord }: { card: ContactCard; party: ThirdParty; onWord: (word: Word, about: string) => void }) {
  const say = useTexts();
  const mayEdit = useRight("contact.edit");
  const name = party.name ?? say("hidden");
  const remove = useChange(() => api.delete(`/contacts/${card.id}/third-parties/${party.id}`), { done: say("parties.removed") });
  const askRemove = async () => {
    const question = { title: say("parties.removeTitle", { name }), text: say("parties.removeText"), action: say("parties.remove"), danger: true };
    if (await confirm(question)) remove.mutate(undefined);
  };
  const may = party.missing === null;
  const consents = [
    { who: "borrower" as const, title: say("parties.borrower"), agrees: party.borrower_agrees },
    { who: "third_party" as const, title: say("parties.own"), agrees: party.third_party_agrees },
  ];
  return (
    <li className={classes.line}>
      <div className={classes.what}>
        <strong>{name}</strong>
        <span className={classes.small}>{party.relation}</span>
        {consents.map(({ who, title, agrees }) => (
          <div key={who} className={classes.labels}>
            <Label tone={agrees ? "good" : "quiet"}>
              {agrees ? "✓" : "–"} {title}
            </Label>
            {mayEdit && (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`${say(agrees ? "parties.revoke" : "parties.give")}: ${name}, ${title}`}
                onClick={() => onWord({ act: agrees ? "revoked" : "given", purpose: "third_party", third_party_id: party.id, said_by: who }, name)}
              >
                {say(agrees ? "parties.revoke" : "parties.give")}
              </Button>
            )}
          </div>
        ))}
      </div>
      <Label tone={may ? "good" : "bad"}>{say(may ? "parties.may" : "parties.mayNot")}</Label>
      {mayEdit && (
        <Button size="compact-xs" variant="default" loading={remove.isPending} onClick={() => void askRemove()}>
          {say("parties.remove")}
        </Button>
      )}
    </li>
  );
}

/** People beside the borrower, each with the two consents. */
export function PartiesCard({ card }: { card: ContactCard }) {
  const say = useTexts();
  const mayEdit = useRight("contact.edit");
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState<{ word: Word; about: string } | null>(null);
  return (
    <Card
      title={say("parties.title")}
      aside={
        mayEdit && (
          <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
            {say("parties.add")}
          </Button>
        )
      }
    >
      <span className={classes.small}>{say("parties.text")}</span>
      <ul className={classes.lines}>
        {card.third_parties.map((party) => (
          <Party key={party.id} card={card} party={party} onWord={(word, about) => setSaid({ word, about })} />
        ))}
      </ul>
      {isOpen && <PartyDialog card={card} onClose={() => setOpen(false)} />}
      {said && <WordDialog borrowerId={card.id} word={said.word} about={said.about} onClose={() => setSaid(null)} />}
    </Card>
  );
}
