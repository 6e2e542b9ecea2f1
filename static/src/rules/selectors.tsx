import { Select } from "@mantine/core";
import type { FieldSelectorProps, OperatorSelectorProps } from "react-querybuilder";

import { byGroup, type RuleField } from "./rule";
import { useTexts } from "./texts";

/** Fields under headings, found by typing. The catalogue comes through the editor's context. */
export function FieldSelector({ value, handleOnChange, context }: FieldSelectorProps) {
  const say = useTexts();
  const { fields } = context as { fields: readonly RuleField[] };
  const data = byGroup(fields).map(({ group, items }) => ({
    group,
    items: items.map((item) => ({ value: item.name, label: item.label })),
  }));
  const isKnown = fields.some((field) => field.name === value);
  return (
    <Select
      aria-label={say("field")}
      data={isKnown ? data : [...data, { group: "?", items: [{ value: value ?? "", label: value ?? "" }] }]}
      value={value ?? null}
      onChange={(next) => {
        if (next) handleOnChange(next);
      }}
      searchable
      allowDeselect={false}
      w={230}
    />
  );
}

export function OperatorSelector({ value, handleOnChange, options }: OperatorSelectorProps) {
  const say = useTexts();
  const data = (options as readonly { name: string; label: string }[]).map((item) => ({ value: item.name, label: item.label }));
  return (
    <Select
      aria-label={say("operator")}
      data={data}
      value={value ?? null}
      onChange={(next) => {
        if (next) handleOnChange(next);
      }}
      allowDeselect={false}
      w={130}
    />
  );
}
