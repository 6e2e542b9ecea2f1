import { Checkbox, PasswordInput, TextInput } from "@mantine/core";
import type { SettingField } from "../api/types";

interface Props {
  field: SettingField;
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
  words: { kept: string; secretNew: string; show: string };
}

/** A line of the form: a secret stays as it is while nothing is typed. */
export function SettingInput({ field, value, onChange, error, words }: Props) {
  if (field.flag) {
    return (
      <Checkbox
        label={field.title}
        description={field.help}
        checked={value === "yes"}
        error={error}
        onChange={(event) => onChange(event.currentTarget.checked ? "yes" : "")}
      />
    );
  }
  const shared = { label: field.title, required: field.required && !field.known, maxLength: 500, value, error };
  if (field.secret) {
    return (
      <PasswordInput
        {...shared}
        description={[field.help, field.known ? words.kept : words.secretNew].filter(Boolean).join(" ")}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ "aria-label": words.show }}
        placeholder={field.known ? "••••••••" : ""}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return <TextInput {...shared} description={field.help} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** The values with one of them changed; an empty secret means: as it was. */
export function withSetting(former: Readonly<Record<string, string>>, field: SettingField, value: string): Record<string, string> {
  const others = Object.entries(former).filter(([key]) => key !== field.key);
  return Object.fromEntries(field.secret && value === "" ? others : [...others, [field.key, value]]);
}
