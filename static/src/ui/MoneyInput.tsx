import { TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";
import type { Kopecks } from "../api/types";
import { number, parseMoney } from "./format";
import { useUiTexts } from "./texts";
import { useFormat } from "./useFormat";

interface Props extends Omit<TextInputProps, "value" | "onChange" | "defaultValue"> {
  /** Kopecks; null while what is typed is no sum. */
  value: Kopecks | null;
  onChange: (value: Kopecks | null) => void;
}

/** A sum, typed in roubles («12 480,50»), given on in kopecks. */
export function MoneyInput({ value, onChange, error, ...rest }: Props) {
  const say = useUiTexts();
  const { language } = useFormat();
  const show = (kopecks: Kopecks) => number(kopecks / 100, language, kopecks % 100 === 0 ? 0 : 2);
  const [typed, setTyped] = useState(value === null ? "" : show(value));
  const isWrong = typed.trim() !== "" && value === null;
  return (
    <TextInput
      {...rest}
      inputMode="decimal"
      rightSection="₽"
      value={typed}
      error={isWrong ? say("money.wrong") : error}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(parseMoney(event.currentTarget.value));
      }}
      onBlur={() => {
        if (value !== null) setTyped(show(value));
      }}
    />
  );
}
