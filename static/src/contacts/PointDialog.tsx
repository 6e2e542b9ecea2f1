import { Button, Checkbox, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api, ApiError } from "../api/client";
import type { ContactCard } from "../api/types/contacts";
import { DayInput } from "../ui/DayInput";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useTexts } from "./texts";
import { useChange } from "./useChange";

const KINDS = ["phone", "email", "messenger"] as const;
const SOURCES = ["operator", "contract", "form", "reply"] as const;
const LONGEST = 250;

/** Another address of the borrower, or of a person beside them. */
export function PointDialog({ card, onClose }: { card: ContactCard; onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const [kind, setKind] = useState<string>("phone");
  const [value, setValue] = useState("");
  const [owner, setOwner] = useState("");
  const [source, setSource] = useState<string>("operator");
  const [from, setFrom] = useState("");
  const [isUsed, setUsed] = useState(false);
  const add = useChange(
    () =>
      api.post(`/contacts/${card.id}/points`, {
        kind,
        value,
        source,
        valid_from: from || null,
        third_party_id: owner ? Number(owner) : null,
        in_use: isUsed && !owner,
      }),
    { done: say("points.saved"), quiet: true, onDone: onClose },
  );
  const problem = add.error instanceof ApiError ? add.error.problems.find((one) => one.field === "value")?.text : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (value.trim()) add.mutate(undefined);
  };
  return (
    <Modal opened onClose={onClose} title={say("points.add")} closeOnClickOutside={false} closeButtonProps={{ "aria-label": ui("close") }}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Select label={say("points.kind")} allowDeselect={false} value={kind} onChange={(chosen) => setKind(chosen ?? "phone")} data={KINDS.map((one) => ({ value: one, label: say(`points.kinds.${one}`) }))} />
          <TextInput label={say("points.value")} required maxLength={LONGEST} value={value} error={problem} onChange={(event) => setValue(event.currentTarget.value)} data-autofocus />
          {card.third_parties.length > 0 && (
            <Select
              label={say("points.owner")}
              allowDeselect={false}
              value={owner}
              onChange={(chosen) => setOwner(chosen ?? "")}
              data={[{ value: "", label: say("points.borrower") }, ...card.third_parties.map((one) => ({ value: String(one.id), label: `${one.name ?? say("hidden")} (${one.relation})` }))]}
            />
          )}
          <Group grow align="start">
            <Select label={say("points.source")} allowDeselect={false} value={source} onChange={(chosen) => setSource(chosen ?? "operator")} data={SOURCES.map((one) => ({ value: one, label: say(`points.sources.${one}`) }))} />
            <DayInput label={say("points.from")} value={from} onChange={setFrom} clearable />
          </Group>
          {!owner && <Checkbox label={say("points.useNow")} checked={isUsed} onChange={(event) => setUsed(event.currentTarget.checked)} />}
          {add.error && !problem && <ErrorState compact error={add.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" disabled={!value.trim()} loading={add.isPending}>
              {say("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
