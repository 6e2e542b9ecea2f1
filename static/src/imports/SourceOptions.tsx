import { Select } from "@mantine/core";
import type { Mapping, UploadTarget } from "../api/types";
import { useTexts } from "./texts";

type Source = Mapping[string];

/** How the column's values are to be read, where the server proposed a choice for it. */
export function SourceOptions({ target, source, onChange }: { target: UploadTarget; source: Source; onChange: (source: Source) => void }) {
  const say = useTexts();
  if (typeof source.unit !== "string") return null;
  const units = target.type === "money" ? ["roubles", "kopecks"] : ["days", "months"];
  if (!units.includes(source.unit)) return null;
  return (
    <Select
      mt={4}
      size="xs"
      aria-label={say("mapping.unitOf", { target: target.title })}
      allowDeselect={false}
      value={source.unit}
      data={units.map((unit) => ({ value: unit, label: say.known(`units.${unit}`) }))}
      onChange={(unit) => onChange({ ...source, unit })}
    />
  );
}
