import { MultiSelect, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import type { ValueEditorProps } from "react-querybuilder";

import { MoneyInput } from "../ui/MoneyInput";
import { arityOf, type RuleField } from "./rule";
import { useTexts } from "./texts";
import classes from "./rules.module.css";

interface OneProps {
  field: RuleField;
  value: unknown;
  label: string;
  onChange: (value: unknown) => void;
}

function One({ field, value, label, onChange }: OneProps) {
  const say = useTexts();
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  if (field.type === "money") {
    const kopecks = typeof value === "number" ? value : text !== "" && Number.isSafeInteger(Number(text)) ? Number(text) : null;
    return <MoneyInput aria-label={label} value={kopecks} onChange={(next) => onChange(next ?? "")} w={130} />;
  }
  if (field.values.length > 0) {
    return (
      <Select
        aria-label={label}
        placeholder={say("choose")}
        data={field.values.map((item) => ({ value: item.name, label: item.label }))}
        value={text === "" ? null : text}
        onChange={(next) => onChange(next ?? "")}
        searchable={field.values.length > 7}
        w={190}
      />
    );
  }
  if (field.inputType === "number") {
    return (
      <NumberInput
        aria-label={label}
        value={typeof value === "number" ? value : text === "" ? "" : Number(text)}
        allowDecimal={false}
        onChange={(next) => onChange(next === "" ? "" : Number(next))}
        w={100}
        {...(field.unit && { suffix: ` ${field.unit}` })}
      />
    );
  }
  return (
    <TextInput
      aria-label={label}
      type={field.type === "date" ? "date" : "text"}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
      w={170}
    />
  );
}

function Many({ field, value, label, onChange }: OneProps) {
  const say = useTexts();
  const values = (Array.isArray(value) ? value : []).map(String);
  if (field.values.length > 0) {
    return (
      <MultiSelect
        aria-label={label}
        data={field.values.map((item) => ({ value: item.name, label: item.label }))}
        value={values}
        onChange={onChange}
        searchable
        w={280}
        {...(values.length === 0 && { placeholder: say("choose") })}
      />
    );
  }
  const read = (text: string) => (field.inputType === "number" ? Number(text) : text);
  const fits = (text: string) => field.inputType !== "number" || /^-?\d+$/.test(text.trim());
  return (
    <TagsInput
      aria-label={label}
      placeholder={values.length === 0 ? say("list_hint") : ""}
      value={values}
      onChange={(next) => onChange(next.filter(fits).map(read))}
      w={280}
    />
  );
}

/** The values of one comparison: sums in roubles, named values by name, ranges as two inputs. */
export function ValueEditor({ fieldData, operator, value: given, handleOnChange }: ValueEditorProps) {
  const value = given as unknown;
  const say = useTexts();
  const field = fieldData as unknown as RuleField;
  const change = handleOnChange as (value: unknown) => void;
  switch (arityOf(operator)) {
    case "none":
      return null;
    case "list":
      return <Many field={field} value={value} label={say("value")} onChange={change} />;
    case "two": {
      const [from, to] = (Array.isArray(value) ? value : ["", ""]) as unknown[];
      return (
        <div className={classes.range}>
          <One field={field} value={from} label={say("from")} onChange={(next) => change([next, to ?? ""])} />
          <span>–</span>
          <One field={field} value={to} label={say("to")} onChange={(next) => change([from ?? "", next])} />
        </div>
      );
    }
    case "one":
      return <One key={field.name} field={field} value={value} label={say("value")} onChange={change} />;
  }
}
