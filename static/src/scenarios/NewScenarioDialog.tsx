import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, useGet } from "../api/client";
import type { Scenario } from "../api/types/scenarios";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { TemplateChoice, type Template } from "./TemplateChoice";
import { useTexts } from "./texts";

/** A name is enough to begin, with or without a ready strategy; `copyOf` starts from that scenario's draft instead. */
export function NewScenarioDialog({ copyOf, onClose }: { copyOf?: number; onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const go = useNavigate();
  const source = useGet<Scenario>(`/scenarios/${copyOf}`, { enabled: copyOf !== undefined });
  const [typed, setTyped] = useState<string | null>(null);
  const [template, setTemplate] = useState<Template | null>(null);
  const proposed = source.data ? say("copy.name", { name: source.data.name }) : (template?.title ?? "");
  const name = typed ?? proposed;
  const create = useAct(
    () =>
      api.post<Scenario>("/scenarios", {
        name: name.trim(),
        ...(copyOf !== undefined && { copy_of: copyOf }),
        ...(template && { document: template.document }),
      }),
    { refresh: ["/scenarios"], quiet: true, onDone: (made) => void go(`/scenarios/${made.id}`) },
  );
  return (
    <Modal
      opened
      onClose={onClose}
      size={copyOf === undefined ? "lg" : "md"}
      title={copyOf === undefined ? say("new") : say("copy.title")}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) create.mutate(undefined);
        }}
      >
        <Stack gap="md">
          <TextInput
            label={say("nameLabel")}
            description={say("nameHelp")}
            value={name}
            maxLength={200}
            required
            data-autofocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {copyOf === undefined && <TemplateChoice chosen={template?.key ?? null} onChoose={setTemplate} />}
          {create.error && <ErrorState compact error={create.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
              {say("create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
