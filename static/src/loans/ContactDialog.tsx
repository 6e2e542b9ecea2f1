import { Button, Checkbox, Group, Modal, Radio, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { api, useGet } from "../api/client";
import type { ContactCard } from "../api/types/contacts";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { useTexts } from "./texts";

const CHANNELS = ["operator_call", "sms", "email", "messenger", "meeting"] as const;
const BORROWER = "borrower";

/** A contact that a person makes: the server says whether it may be made, and counts it. */
export function ContactDialog({ loanId, borrowerId, onClose }: { loanId: number; borrowerId: number; onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const { data: card } = useGet<ContactCard>(`/contacts/${borrowerId}`);
  const [channel, setChannel] = useState<string>("operator_call");
  const [party, setParty] = useState(BORROWER);
  const [began, setBegan] = useState("we");
  const [talked, setTalked] = useState(false);
  const [consented, setConsented] = useState(false);
  const write = useAct(
    () =>
      api.post(`/loans/${loanId}/contacts`, {
        channel,
        incoming: began === "they",
        talked,
        consented: began === "we" && consented,
        third_party_id: party === BORROWER ? null : Number(party),
      }),
    { refresh: ["/loans", "/contacts", "/tasks"], done: say("contact.done"), quiet: true, onDone: onClose },
  );
  const parties = card?.third_parties ?? [];
  // whoever calls us may call us: only what we begin needs the consents
  const lacks = (one: (typeof parties)[number]) => (began === "we" ? one.missing : null);
  const chosen = parties.find((one) => String(one.id) === party);
  const isReady = !chosen || lacks(chosen) === null;
  return (
    <Modal opened onClose={onClose} title={say("contact.title")} closeButtonProps={{ "aria-label": ui("close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) write.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {say("contact.text")}
          </Text>
          <Select
            label={say("contact.channel")}
            allowDeselect={false}
            value={channel}
            onChange={(value) => setChannel(value ?? channel)}
            data={CHANNELS.map((value) => ({ value, label: say(`contact.channels.${value}`) }))}
            data-autofocus
          />
          <Radio.Group label={say("contact.began")} value={began} onChange={setBegan}>
            <Group gap="md" mt={4}>
              <Radio value="we" label={say("contact.we")} />
              <Radio value="they" label={say("contact.they")} />
            </Group>
          </Radio.Group>
          <Radio.Group label={say("contact.party")} value={party} onChange={setParty}>
            <Stack gap={6} mt={4}>
              <Radio value={BORROWER} label={say("contact.borrower")} />
              {parties.map((one) => (
                <Radio
                  key={one.id}
                  value={String(one.id)}
                  label={`${one.name ?? say("hidden")}, ${one.relation}`}
                  description={lacks(one)}
                  disabled={lacks(one) !== null}
                />
              ))}
            </Stack>
          </Radio.Group>
          <Checkbox label={say("contact.talked")} checked={talked} onChange={(event) => setTalked(event.currentTarget.checked)} />
          {began === "we" && (
            <Checkbox label={say("contact.consented")} checked={consented} onChange={(event) => setConsented(event.currentTarget.checked)} />
          )}
          {write.error && <ErrorState compact error={write.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" disabled={!isReady} loading={write.isPending}>
              {say("contact.action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
