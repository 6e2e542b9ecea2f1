import { Button, Group, Modal, Textarea } from "@mantine/core";
import { useState } from "react";

import { useTexts } from "../texts";

interface Props {
  title: string;
  label: string;
  onCancel: () => void;
  onAnswer: (text: string) => void;
}

/** Asks for a few words before something happens. */
export function AskText({ title, label, onCancel, onAnswer }: Props) {
  const say = useTexts();
  const [text, setText] = useState("");
  return (
    <Modal opened onClose={onCancel} title={title}>
      <Textarea label={label} autosize minRows={3} data-autofocus value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <Group mt="md" justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {say("page.cancel")}
        </Button>
        <Button onClick={() => onAnswer(text)} disabled={text.trim() === ""}>
          {say("page.send")}
        </Button>
      </Group>
    </Modal>
  );
}
