import { TextInput } from "@mantine/core";
import type { KeyboardEvent } from "react";

interface Props {
  label: string;
  value: number | null;
  min: number;
  max?: number;
  readOnly?: boolean;
  /** what an empty field means */
  placeholder?: string;
  /** null when the field was emptied */
  onChange: (value: number | null) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1 };

/** A small whole number: digits only, the arrows count, what is left too small or too large is put right. Lighter than a library's field. */
export function WholeInput({ label, value, min, max = 999_999, readOnly = false, placeholder, onChange }: Props) {
  const within = (wanted: number) => Math.min(max, Math.max(min, wanted));
  const write = (text: string) => {
    const digits = text.replace(/\D/g, "");
    onChange(digits === "" ? null : Math.min(max, Number(digits)));
  };
  const count = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || readOnly) return;
    event.preventDefault();
    onChange(value === null ? min : within(value + step));
  };
  const putRight = () => {
    if (value !== null && within(value) !== value) onChange(within(value));
  };
  return (
    <TextInput
      label={label}
      value={value ?? ""}
      inputMode="numeric"
      autoComplete="off"
      readOnly={readOnly}
      placeholder={placeholder}
      onChange={(event) => write(event.currentTarget.value)}
      onKeyDown={count}
      onBlur={putRight}
    />
  );
}
