import { Select } from "@mantine/core";
import { api } from "../api/client";
import type { Upload } from "../api/types/imports";
import { useAct } from "../ui/useAct";
import classes from "./Imports.module.css";
import { Refusal } from "./Refusal";
import { useTexts } from "./texts";

const ENCODINGS = [
  { value: "utf-8", label: "UTF-8" },
  { value: "cp1251", label: "Windows-1251" },
  { value: "utf-16", label: "UTF-16" },
  { value: "cp866", label: "DOS (866)" },
  { value: "koi8-r", label: "KOI8-R" },
];
const SEPARATORS = [";", ",", "\t", "|"];

type Options = Partial<Pick<Upload, "encoding" | "separator" | "sheet">>;

/** The name under which the variants of an encoding (byte order, mark at the start) are chosen. */
function family(encoding: string | null): string | null {
  return ENCODINGS.find((one) => encoding?.startsWith(one.value))?.value ?? encoding;
}

/** How the file is read: what was detected, and the way to correct it. The columns are read anew at once. */
export function ReadingOptions({ upload, isLocked, onChange }: { upload: Upload; isLocked: boolean; onChange: (upload: Upload) => void }) {
  const say = useTexts();
  const look = useAct((options: Options) => api.post<Upload>(`/imports/${upload.upload_id}/look`, options), {
    refresh: [],
    quiet: true,
    onDone: onChange,
  });
  const shared = { size: "xs", allowDeselect: false, disabled: isLocked || look.isPending } as const;
  return (
    <>
      <div className={classes.reading}>
        {upload.encoding !== null && (
          <Select
            {...shared}
            label={say("reading.encoding")}
            value={family(upload.encoding)}
            data={ENCODINGS}
            onChange={(encoding) => look.mutate({ encoding })}
          />
        )}
        {upload.separator !== null && (
          <Select
            {...shared}
            label={say("reading.separator")}
            value={upload.separator}
            data={SEPARATORS.map((value) => ({ value, label: say.known(`separators.${SEPARATORS.indexOf(value)}`) }))}
            onChange={(separator) => look.mutate({ separator })}
          />
        )}
        {upload.sheet !== null && (
          <Select {...shared} label={say("reading.sheet")} value={upload.sheet} data={upload.sheets} onChange={(sheet) => look.mutate({ sheet })} />
        )}
      </div>
      {look.error && <Refusal error={look.error} />}
    </>
  );
}
