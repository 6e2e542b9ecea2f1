import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import type { ContactCard } from "../api/types/contacts";
import { useRight } from "../app/me";
import { confirm } from "../ui/confirm";
import { DayInput } from "../ui/DayInput";
import { localDay } from "../ui/localTime";
import { Card } from "../ui/Page";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { Label } from "../ui/Tone";
import { useFormat } from "../ui/useFormat";
import { DayText } from "../ui/Values";
import classes from "./Contacts.module.css";
import { useTexts } from "./texts";
import { useChange } from "./useChange";

const REASONS = ["bankruptcy", "death", "incapacity", "minor", "in_patient", "disability", "military", "moratorium", "lawyer_only", "refusal"] as const;
/** Reasons that end on a day. */
const ENDING: readonly string[] = ["minor", "in_patient", "military", "moratorium", "other"];
const OTHER = "other";

/** Why all contact is forbidden, and until when. */
export function StopDialog({ card, onClose }: { card: ContactCard; onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const { dayFull } = useFormat();
  const [reason, setReason] = useState<string | null>(null);
  const [own, setOwn] = useState("");
  const [until, setUntil] = useState("");
  const stop = useChange(
    () => api.post(`/borrowers/${card.id}/contact-stop`, { reason: reason === OTHER ? own.trim() : reason, until: until || null }),
    { done: say("stop.done"), quiet: true, onDone: onClose },
  );
  const { refusal } = card;
  const lawful = (chosen: string | null) => card.stop.ends.find((one) => one.reason === chosen)?.until ?? "";
  const days = refusal.days ?? 0;
  const isEarly = reason === "refusal" && !refusal.may;
  const isReady = reason !== null && !isEarly && (reason !== OTHER || own.trim() !== "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) stop.mutate(undefined);
  };
  return (
    <Modal opened onClose={onClose} title={say("stop.dialog")} closeButtonProps={{ "aria-label": ui("close") }}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{say("stop.text")}</Text>
          <Select
            label={say("stop.reason")}
            required
            data-autofocus
            value={reason}
            onChange={(chosen) => {
              setReason(chosen);
              setUntil(lawful(chosen));
            }}
            data={[...REASONS.map((value) => ({ value, label: say(`stop.reasons.${value}`) })), { value: OTHER, label: say("stop.other") }]}
          />
          {reason === OTHER && <TextInput label={say("stop.own")} required maxLength={40} value={own} onChange={(event) => setOwn(event.currentTarget.value)} />}
          {isEarly && (
            <Alert color="yellow">
              {refusal.opens ? say("stop.early", { days, day: dayFull(refusal.opens) }) : say("stop.notOverdue", { days })}
            </Alert>
          )}
          {reason === "lawyer_only" && <Alert color="blue">{say("stop.lawyer")}</Alert>}
          {reason !== null && ENDING.includes(reason) && (
            <DayInput label={say("stop.last")} description={say(until !== "" && until === lawful(reason) ? "stop.lastLaw" : "stop.lastHelp")} value={until} onChange={setUntil} minDate={localDay()} clearable />
          )}
          {stop.error && <ErrorState compact error={stop.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" color="red" disabled={!isReady} loading={stop.isPending}>
              {say("stop.action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Whether anybody may reach the borrower at all. */
export function StopCard({ card }: { card: ContactCard }) {
  const say = useTexts();
  const mayStop = useRight("contact.stop");
  const [isOpen, setOpen] = useState(false);
  const { reason, until } = card.stop;
  const allow = useChange(() => api.post(`/borrowers/${card.id}/contact-stop`, { reason: null }), { done: say("stop.allowed") });
  const askAllow = async () => {
    if (await confirm({ title: say("stop.allowTitle"), text: say("stop.allowText"), action: say("stop.allow") })) allow.mutate(undefined);
  };
  return (
    <Card title={say("stop.title")}>
      {reason === null ? (
        <span className={classes.small}>{say("stop.none")}</span>
      ) : (
        <div className={classes.what}>
          <span>
            <Label tone="bad">{say("stop.now", { reason: say.known(`stop.reasons.${reason}`, reason) })}</Label>
          </span>
          <span className={classes.small}>{until ? <Until day={until} /> : say("stop.forever")}</span>
        </div>
      )}
      {mayStop && (
        <div className={classes.acts}>
          {reason === null ? (
            <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
              {say("stop.action")}
            </Button>
          ) : (
            <Button size="compact-sm" variant="default" loading={allow.isPending} onClick={() => void askAllow()}>
              {say("stop.allow")}
            </Button>
          )}
        </div>
      )}
      {isOpen && <StopDialog card={card} onClose={() => setOpen(false)} />}
    </Card>
  );
}

function Until({ day }: { day: string }) {
  const say = useTexts();
  const [before = "", after = ""] = say("stop.until", { day: "\u0000" }).split("\u0000");
  return (
    <>
      {before}
      <DayText value={day} />
      {after}
    </>
  );
}
