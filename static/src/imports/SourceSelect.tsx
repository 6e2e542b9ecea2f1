import { Select, TextInput } from "@mantine/core";
import type { MappingSource, Described, UploadTarget } from "../api/types/imports";
import classes from "./Imports.module.css";
import { isFed } from "./mapping";
import { useTexts } from "./texts";

/** No column is called so: names carry no control characters. */
const CONSTANT = "\u0000constant";

interface Props {
  target: UploadTarget;
  upload: Described;
  source: MappingSource;
  isLocked: boolean;
  onChange: (source: MappingSource) => void;
}

/** Which column a target comes from, or one value for all rows; an id is never the same for all. */
export function SourceSelect({ target, upload, source, isLocked, onChange }: Props) {
  const say = useTexts();
  const isConstant = source.constant !== undefined && source.constant !== null;
  const columns = upload.columns.map((one) => one.name);
  const mayBeConstant = target.type !== "id" || !target.required;
  const pick = (value: string | null) => {
    const isSame = value === CONSTANT;
    onChange({ ...source, column: isSame ? null : value, constant: isSame ? "" : null });
  };
  return (
    <div className={classes.source}>
      <Select
        aria-label={say("mapping.columnFor", { target: target.title })}
        placeholder={target.required ? say("mapping.choose") : say("mapping.none")}
        clearable
        searchable
        disabled={isLocked}
        error={target.required && !isFed(source)}
        value={isConstant ? CONSTANT : (source.column ?? null)}
        data={mayBeConstant ? [...columns, { value: CONSTANT, label: say("mapping.constant") }] : columns}
        nothingFoundMessage={say("mapping.nothingFound")}
        onChange={pick}
      />
      {isConstant && (
        <TextInput
          mt={4}
          size="xs"
          autoFocus={source.constant === ""}
          disabled={isLocked}
          aria-label={say("mapping.constantFor", { target: target.title })}
          placeholder={say("mapping.constantHint")}
          value={String(source.constant)}
          onChange={(event) => onChange({ ...source, constant: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
