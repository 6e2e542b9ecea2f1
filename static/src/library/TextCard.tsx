import { Button, Textarea, TextInput } from "@mantine/core";
import { type RefObject, useRef } from "react";
import type { Language, Problem } from "../api/types";
import type { LibraryOptions, Said, SmsLength } from "../api/types/library";
import { Card } from "../ui/Page";
import { useFormat } from "../ui/useFormat";
import classes from "./Library.module.css";
import { problemsAt, signed } from "./model";
import { useTexts } from "./texts";

/** How long an SMS is, and what it costs. */
export function Length({ length, price }: { length: SmsLength; price: number }) {
  const say = useTexts();
  const format = useFormat();
  const parts = say("length.parts", { count: length.segments });
  return (
    <span className={classes.length} data-testid="template-length">
      <span>
        {say("length.characters", { count: length.characters })} · {parts}
        {price > 0 && ` · ${say("length.cost", { money: format.money(length.segments * price) })}`}
      </span>
      <span className="ks-muted">{say("length.alphabet", { encoding: length.encoding, room: length.room })}</span>
    </span>
  );
}

function Problems({ problems, onSign }: { problems: readonly Problem[]; onSign?: (() => void) | undefined }) {
  const say = useTexts();
  if (problems.length === 0) return null;
  return (
    <ul className={classes.problems}>
      {problems.map((problem) => (
        <li key={problem.text} data-tone={problem.severity === "warning" ? "warn" : "bad"}>
          {problem.text}{" "}
          {problem.code === "template.creditor" && onSign && (
            <Button size="compact-xs" variant="light" onClick={onSign}>
              {say("editor.sign")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

export type Field = HTMLTextAreaElement | HTMLInputElement;

interface Props {
  language: Language;
  channel: LibraryOptions["channels"][number];
  said: Said;
  problems: readonly Problem[];
  length: SmsLength | null | undefined;
  price: number;
  /** The other language is sent where this one is not written. */
  isOtherWritten: boolean;
  readOnly: boolean;
  /** Where the palette puts a value in: the field that had the cursor last. */
  last: RefObject<{ field: Field; language: Language; part: keyof Said } | null>;
  onChange: (said: Partial<Said>, name: string) => void;
}

/** What is said in one language. */
export function TextCard({ language, channel, said, problems, length, price, isOtherWritten, readOnly, last, onChange }: Props) {
  const say = useTexts();
  const area = useRef<HTMLTextAreaElement>(null);
  const enter = (part: keyof Said) => (event: { currentTarget: Field }) => {
    last.current = { field: event.currentTarget, language, part };
  };
  const isSubject = channel.longest_subject !== null;
  const isWritten = said.body.trim() !== "" || said.subject.trim() !== "";
  const place = `texts.${language}`;
  const name = say(`languages.${language}`);
  return (
    <Card title={name} aside={isWritten ? length && <Length length={length} price={price} /> : isOtherWritten && <span className={classes.hint}>{say("editor.notWritten")}</span>}>
      <div className={classes.text} lang={language}>
        {isSubject && (
          <TextInput
            label={say("editor.subject")}
            aria-label={say("editor.subjectIn", { language: name })}
            value={said.subject}
            readOnly={readOnly}
            maxLength={channel.longest_subject ?? 0}
            onFocus={enter("subject")}
            onChange={(event) => onChange({ subject: event.currentTarget.value }, `${language} subject`)}
          />
        )}
        {isWritten && <Problems problems={problemsAt(problems, `${place}.subject`)} />}
        <Textarea
          ref={area}
          label={say("editor.text")}
          aria-label={say("editor.textIn", { language: name })}
          value={said.body}
          readOnly={readOnly}
          autosize
          minRows={channel.key === "email" || channel.key === "letter" ? 12 : 6}
          maxRows={26}
          onFocus={enter("body")}
          onChange={(event) => onChange({ body: event.currentTarget.value }, `${language} body`)}
        />
        {isWritten && (
          <Problems
            problems={problemsAt(problems, `${place}.body`)}
            onSign={readOnly ? undefined : () => onChange({ body: signed(said.body) }, `${language} sign`)}
          />
        )}
      </div>
    </Card>
  );
}
