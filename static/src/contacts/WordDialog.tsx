import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api, ApiError } from "../api/client";
import { DayInput } from "../ui/DayInput";
import { localDay } from "../ui/localTime";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useTexts } from "./texts";
import { useChange } from "./useChange";

const SOURCES = ["operator", "contract", "form", "reply"] as const;

export interface Word {
  act: "given" | "revoked";
  purpose: string;
  third_party_id?: number;
  said_by?: "borrower" | "third_party";
}

interface Props {
  borrowerId: number;
  word: Word;
  /** Whose word it is, when it is not the borrower's. */
  about?: string | undefined;
  onClose: () => void;
}

/** Write down that a consent was given or withdrawn: how it is known, and the paper. */
export function WordDialog({ borrowerId, word, about, onClose }: Props) {
  const say = useTexts();
  const ui = useUiTexts();
  const [source, setSource] = useState<string>("operator");
  const [dated, setDated] = useState("");
  const [paper, setPaper] = useState("");
  const mustHavePaper = word.said_by === "third_party" && word.act === "given";
  const save = useChange(
    () => api.post(`/contacts/${borrowerId}/consents`, { ...word, source, dated: dated || null, document: paper.trim() || null }),
    { done: say("consents.saved"), quiet: true, onDone: onClose },
  );
  const problem = save.error instanceof ApiError ? save.error.problems.find((one) => one.field === "document")?.text : undefined;
  const isReady = !mustHavePaper || paper.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) save.mutate(undefined);
  };
  return (
    <Modal opened onClose={onClose} title={say(word.act === "given" ? "consents.dialogGiven" : "consents.dialogRevoked")} closeButtonProps={{ "aria-label": ui("close") }}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">
            {say.known(`consents.purposes.${word.purpose}`, word.purpose)}
            {about && `: ${about}`}
          </Text>
          <Select label={say("consents.source")} allowDeselect={false} value={source} onChange={(chosen) => setSource(chosen ?? "operator")} data={SOURCES.map((one) => ({ value: one, label: say(`consents.sources.${one}`) }))} />
          <DayInput label={say("consents.dated")} value={dated} onChange={setDated} maxDate={localDay()} clearable />
          <TextInput label={say("consents.document")} required={mustHavePaper} maxLength={250} value={paper} error={problem} onChange={(event) => setPaper(event.currentTarget.value)} />
          {save.error && !problem && <ErrorState compact error={save.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" disabled={!isReady} loading={save.isPending}>
              {say("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
