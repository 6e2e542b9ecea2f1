import { Button, FileInput, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../api/client";
import type { Scenario } from "../api/types/scenarios";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { useTexts } from "./texts";

/** A scenario from a document that another installation (or this one) exported. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const go = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const notJson = say("import.notJson");
  const bring = useAct(
    async (from: File) => {
      let document: unknown;
      try {
        document = JSON.parse(await from.text());
      } catch {
        throw new Error(notJson);
      }
      return api.post<Scenario>("/scenarios/import", { document });
    },
    { refresh: ["/scenarios"], quiet: true, onDone: (made) => void go(`/scenarios/${made.id}`) },
  );
  return (
    <Modal opened onClose={onClose} title={say("import.title")}>
      <Stack gap="md">
        <Text size="sm">{say("import.text")}</Text>
        <FileInput
          label={say("import.file")}
          placeholder={say("import.choose")}
          accept="application/json,.json"
          value={file}
          onChange={(chosen) => {
            setFile(chosen);
            bring.reset();
          }}
        />
        {bring.error && <ErrorState compact error={bring.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {ui("cancel")}
          </Button>
          <Button disabled={!file} loading={bring.isPending} onClick={() => file && bring.mutate(file)}>
            {say("import.action")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
