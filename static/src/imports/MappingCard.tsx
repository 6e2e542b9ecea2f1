import { Button, Checkbox, Group } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import type { Mapping, Upload } from "../api/types";
import { Card } from "../ui/Page";
import { ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import classes from "./Imports.module.css";
import { MappingTable } from "./MappingTable";
import { ImportResult } from "./ImportResult";
import { useTexts } from "./texts";

/** Only targets that have a column; the rest of what the server proposed for a target goes back as it came. */
function chosen(mapping: Mapping): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([, source]) => source.column));
}

/** Which column is what, the trial run, and the real one. */
export function MappingCard({ upload, onBack }: { upload: Upload; onBack: () => void }) {
  const say = useTexts();
  const { fileSize } = useFormat();
  const [mapping, setMapping] = useState<Mapping>(upload.mapping);
  const [isPartial, setPartial] = useState(false);
  const [run, setRun] = useState<{ id: number; dry: boolean } | null>(null);
  const start = useAct(
    (dry: boolean) =>
      api.post<{ import_id: number }>(`/imports/${upload.upload_id}/start`, { mapping: chosen(mapping), dry_run: dry, partial: isPartial }),
    { refresh: ["/imports"], quiet: true, onDone: () => undefined },
  );
  const begin = (dry: boolean) => start.mutate(dry, { onSuccess: ({ import_id }) => setRun({ id: import_id, dry }) });
  const missing = upload.targets.filter((target) => target.required && !mapping[target.key]?.column);
  const about = [
    say.known(`kinds.${upload.kind}`),
    fileSize(upload.size),
    upload.encoding,
    upload.separator && say("mapping.separator", { separator: upload.separator === "\t" ? "Tab" : upload.separator }),
    upload.sheet && say("mapping.sheet", { sheet: upload.sheet }),
  ].filter(Boolean);
  return (
    <>
      <Card
        title={upload.file_name}
        aside={
          <Button variant="default" onClick={onBack}>
            {say("mapping.another")}
          </Button>
        }
      >
        <p className="ks-muted">
          {about.join(" · ")} {upload.remembered && <Label tone="good">{say("mapping.remembered")}</Label>}
        </p>
        <MappingTable
          upload={upload}
          mapping={mapping}
          onChange={(next) => {
            setMapping(next);
            setRun(null);
          }}
        />
        {missing.length > 0 && (
          <p className={classes.wrong}>{say("mapping.missing", { names: missing.map((target) => target.title).join(", ") })}</p>
        )}
        {start.error && <ErrorState compact error={start.error} />}
        <Group justify="space-between" mt="md">
          <Checkbox
            size="xs"
            label={say("mapping.partial")}
            checked={isPartial}
            onChange={(event) => setPartial(event.currentTarget.checked)}
          />
          <Group gap="xs">
            <Button variant="default" disabled={missing.length > 0} loading={start.isPending && start.variables} onClick={() => begin(true)}>
              {say("mapping.try")}
            </Button>
            <Button disabled={missing.length > 0} loading={start.isPending && !start.variables} onClick={() => begin(false)}>
              {say("mapping.run")}
            </Button>
          </Group>
        </Group>
      </Card>
      {run && (
        <Card title={run.dry ? say("result.trial") : say("result.title")}>
          <ImportResult key={run.id} importId={run.id} />
        </Card>
      )}
    </>
  );
}
