import { Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useState } from "react";
import { useUiTexts } from "./texts";

interface Question {
  title: string;
  text?: string;
  /** What the button says that goes on. */
  action: string;
  danger?: boolean;
}

interface Request extends Question {
  label: string;
  initial?: string;
  required?: boolean;
  multiline?: boolean;
  help?: string;
}

type Answer = (value: string | null) => void;

function Dialog({ question, input, answer }: { question: Question; input?: Request; answer: Answer }) {
  const say = useUiTexts();
  const [value, setValue] = useState(input?.initial ?? "");
  const isReady = !input?.required || value.trim() !== "";
  const Field = input?.multiline ? Textarea : TextInput;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) answer(value.trim());
      }}
    >
      <Stack gap="md">
        {question.text && <Text size="sm">{question.text}</Text>}
        {input && (
          <Field
            label={input.label}
            description={input.help}
            required={input.required ?? false}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
            data-autofocus
            {...(input.multiline && { autosize: true, minRows: 3, maxRows: 10 })}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => answer(null)}>
            {say("cancel")}
          </Button>
          <Button type="submit" disabled={!isReady} {...(question.danger && { color: "red" })} data-autofocus={!input || undefined}>
            {question.action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function open(question: Question, input?: Request): Promise<string | null> {
  return new Promise((resolve) => {
    const answer: Answer = (value) => {
      resolve(value);
      modals.close(id);
    };
    const id = modals.open({
      title: question.title,
      children: <Dialog question={question} answer={answer} {...(input && { input })} />,
      onClose: () => resolve(null),
    });
  });
}

/** Ask before something that cannot be taken back; true when the person goes on. */
export async function confirm(question: Question): Promise<boolean> {
  return (await open(question)) !== null;
}

/** Ask for one text (a reason, a name); null when the person turned back. */
export function ask(request: Request): Promise<string | null> {
  return open(request, request);
}
