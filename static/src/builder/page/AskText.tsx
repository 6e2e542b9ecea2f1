import { Button, Group, Modal, Textarea } from "@mantine/core";
import { useState } from "react";

import { useTexts } from "../texts";

interface Props {
  title: string;
  label: string;
  /** The answer may be empty. */
  isOptional?: boolean;
  onCancel: () => void;
  onAnswer: (text: string) => void;
}

/** Asks for a few words before something happens. */
export function AskText({ title, label, isOptional = false, onCancel, onAnswer }: Props) {
  const say = useTexts();
  const [text, setText] = useState("");
  const isReady = isOptional || text.trim() !== "";
  return (
    <Modal opened onClose={onCancel} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onAnswer(text);
        }}
      >
        <Textarea
          label={label}
          autosize
          minRows={3}
          maxLength={2000}
          data-autofocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isReady) onAnswer(text);
          }}
        />
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {say("page.cancel")}
          </Button>
          <Button type="submit" disabled={!isReady} data-testid="answer">
            {title}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
