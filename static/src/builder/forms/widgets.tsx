import { Button, Checkbox, Menu, Select, Text, Textarea, TextInput } from "@mantine/core";
import { IconVariable } from "@tabler/icons-react";
import type { WidgetProps } from "@rjsf/utils";
import { useRef } from "react";

import { useGet } from "../../api/client";
import type { Page } from "../../api/types";
import type { ScenarioListItem } from "../../api/types/scenarios";
import { usePlace } from "../state/context";
import { useTexts } from "../texts";
import type { ScenarioNode } from "../document/types";
import type { PaletteNode } from "../model";
import { MessagePreview } from "./MessagePreview";
import { insertAt } from "./templateText";
import classes from "./forms.module.css";

/** What the form tells its fields. */
export interface FormPlace {
  readonly kind: PaletteNode;
  readonly node: ScenarioNode;
}

/** What every widget passes on to its input. */
function shared(props: WidgetProps) {
  const { id, label, hideLabel, required, disabled, readonly, schema, rawErrors } = props;
  return {
    id,
    label: hideLabel ? undefined : label,
    description: schema.description,
    required: required ?? false,
    disabled: (disabled ?? false) || (readonly ?? false),
    error: rawErrors && rawErrors.length > 0 ? rawErrors.join("\n") : undefined,
  };
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Fields up to this many characters are one line, such as a subject: they are not worth a preview. */
const ONE_LINE = 250;

/** The text of a message: variables to put in, and the message as a borrower would get it. */
export function TemplateWidget(props: WidgetProps) {
  const say = useTexts();
  const { palette } = usePlace();
  const field = useRef<HTMLTextAreaElement>(null);
  const value = asText(props.value);
  const isLong = (props.schema.maxLength ?? 0) > ONE_LINE;
  const { kind, node } = props.registry.formContext as FormPlace;
  const isLocked = (props.readonly ?? false) || (props.disabled ?? false);
  const insert = (name: string) => {
    const area = field.current;
    const done = insertAt(value, `{{ ${name} }}`, area?.selectionStart ?? value.length, area?.selectionEnd ?? value.length);
    props.onChange(done.text);
    requestAnimationFrame(() => {
      area?.focus();
      area?.setSelectionRange(done.cursor, done.cursor);
    });
  };
  // its text comes from the library
  if (node.data.params.library) return null;
  return (
    <div>
      <Textarea
        {...shared(props)}
        description={undefined}
        ref={field}
        value={value}
        autosize
        minRows={isLong ? 4 : 1}
        maxRows={14}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      {!isLocked && isLong && (
        <div className={classes.variables} role="group" aria-label={say("template.insert")}>
          {palette.variables.map((item) => (
            <button key={item.key} type="button" className={classes.variable} title={item.example} onClick={() => insert(item.key)}>
              {item.title}
            </button>
          ))}
        </div>
      )}
      {!isLocked && !isLong && (
        <Menu position="bottom-start" withinPortal>
          <Menu.Target>
            <Button mt={4} size="compact-xs" variant="default" leftSection={<IconVariable size={13} />}>
              {say("template.insert")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
            {palette.variables.map((item) => (
              <Menu.Item key={item.key} onClick={() => insert(item.key)}>
                {item.title}
                <Text span size="xs" c="dimmed" ml={8}>
                  {item.example}
                </Text>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {isLong && value.trim() !== "" && <MessagePreview template={value} isSms={kind.channel === "sms"} />}
    </div>
  );
}

export function TimeWidget(props: WidgetProps) {
  return (
    <TextInput
      {...shared(props)}
      type="time"
      value={asText(props.value)}
      onChange={(event) => props.onChange(event.currentTarget.value || (props.schema.default ?? null))}
    />
  );
}

/** Only shown when something is wrong with it: a key names a way out inside the document, people read the title. */
export function KeyWidget(props: WidgetProps) {
  const isWrong = (props.rawErrors ?? []).length > 0;
  if (!isWrong) return null;
  return <TextInput {...shared(props)} value={asText(props.value)} onChange={(event) => props.onChange(event.currentTarget.value)} />;
}

export function TextareaWidget(props: WidgetProps) {
  return (
    <Textarea
      {...shared(props)}
      value={asText(props.value)}
      autosize
      minRows={3}
      maxRows={14}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

export function CheckboxWidget(props: WidgetProps) {
  return <Checkbox {...shared(props)} checked={props.value === true} onChange={(event) => props.onChange(event.currentTarget.checked)} />;
}

function Choice({ props, choices }: { props: WidgetProps; choices: { value: string; label: string }[] }) {
  const value = asText(props.value ?? props.schema.default);
  const known = choices.some((choice) => choice.value === value) || value === "";
  return (
    <Select
      {...shared(props)}
      data={known ? choices : [{ value, label: value }, ...choices]}
      value={value || null}
      searchable={choices.length > 7}
      onChange={(next) => props.onChange(next ?? "")}
    />
  );
}

/** Scenarios that are live, by name (and by key where two have the same name); the document keeps the key. */
export function ScenarioWidget(props: WidgetProps) {
  const { scenario } = usePlace();
  const answer = useGet<Page<ScenarioListItem>>("/scenarios", { query: { state: "live", size: 200 } });
  const others = (answer.data?.items ?? []).filter((item) => item.key !== scenario.key);
  const label = ({ name, key }: ScenarioListItem) => (others.some((other) => other.name === name && other.key !== key) ? `${name} (${key})` : name);
  return <Choice props={props} choices={others.map((item) => ({ value: item.key, label: label(item) }))} />;
}

export function ConnectorWidget(props: WidgetProps) {
  const { palette } = usePlace();
  return <Choice props={props} choices={palette.connectors.map((item) => ({ value: item.key, label: item.title }))} />;
}
