import { Button, Group, Modal, Select, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { useTexts } from "./texts";

/** What a person can note; payments, promises and answers to offers have their own forms. */
const KINDS = ["reply", "prolongation_asked", "contact_data_changed", "activity_dropped", "bailiff_news", "bureau_news"] as const;

/** News that also say how the thing stands now. */
const STATES: Readonly<Record<string, { group: string; values: readonly string[] }>> = {
  bailiff_news: { group: "bailiff", values: ["none", "filed", "opened", "ended"] },
  bureau_news: { group: "bureau", values: ["none", "worse", "better", "bankrupt"] },
};

/** Note what happened to the loan; its scenarios react at once. */
export function SignalDialog({ loanId, onClose }: { loanId: number; onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const [kind, setKind] = useState<string | null>(null);
  const [value, setValue] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const states = kind ? STATES[kind] : undefined;
  const add = useAct(
    () =>
      api.post(`/loans/${loanId}/signals`, {
        kind,
        data: { ...(note.trim() && { note: note.trim() }), ...(states && value && { state: value }) },
      }),
    { refresh: ["/loans", "/tasks"], done: say("signal.done"), quiet: true, onDone: onClose },
  );
  const isReady = kind !== null && (!states || value !== null);
  return (
    <Modal opened onClose={onClose} title={say("signal.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) add.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {say("signal.text")}
          </Text>
          <Select
            label={say("signal.kind")}
            required
            value={kind}
            onChange={(chosen) => {
              setKind(chosen);
              setValue(null);
            }}
            data={KINDS.map((one) => ({ value: one, label: say(`signal.kinds.${one}`) }))}
            data-autofocus
          />
          {states && (
            <Select
              label={say("signal.state")}
              required
              value={value}
              onChange={setValue}
              data={states.values.map((one) => ({ value: one, label: say.known(`${states.group}.${one}`) }))}
            />
          )}
          <Textarea label={say("signal.note")} autosize minRows={2} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          {add.error && <ErrorState compact error={add.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" disabled={!isReady} loading={add.isPending}>
              {say("signal.action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
