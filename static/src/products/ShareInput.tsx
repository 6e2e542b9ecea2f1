import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useFormat } from "../ui/useFormat";
import { parseShare, type Ppm, showShare } from "./model";
import { useTexts } from "./texts";

interface Props {
  label: string;
  /** Null while what is typed is no share. */
  value: Ppm | null;
  onChange: (value: Ppm | null) => void;
  error?: string | undefined;
  readOnly?: boolean;
}

/** A share, typed as per cent. */
export function ShareInput({ label, value, onChange, error, readOnly = false }: Props) {
  const say = useTexts();
  const { language } = useFormat();
  const [typed, setTyped] = useState(value === null ? "" : showShare(value, language));
  return (
    <TextInput
      label={label}
      inputMode="decimal"
      autoComplete="off"
      readOnly={readOnly}
      value={typed}
      error={value === null ? say("share.wrong") : error}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(parseShare(event.currentTarget.value));
      }}
      onBlur={() => {
        if (value !== null) setTyped(showShare(value, language));
      }}
    />
  );
}
