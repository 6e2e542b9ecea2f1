import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import { api, useGet } from "../api/client";
import type { ImportCard, Mapping, Upload } from "../api/types";
import { Card } from "../ui/Page";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import classes from "./Imports.module.css";
import { ImportResult, isGoing } from "./ImportResult";
import { chosen, missing } from "./mapping";
import { MappingTable } from "./MappingTable";
import { ReadingOptions } from "./ReadingOptions";
import { Refusal } from "./Refusal";
import { useTexts } from "./texts";

interface Props {
  upload: Upload;
  onChange: (upload: Upload) => void;
  onBack: () => void;
}

interface Run {
  id: number;
  dry: boolean;
}

/** How one run of the file stands; nothing while there is none. */
function useRun(run: Run | null): { isRunning: boolean; isIn: boolean } {
  const { data } = useGet<ImportCard>(`/imports/${run?.id ?? 0}`, { enabled: run !== null });
  return {
    isRunning: run !== null && (!data || isGoing(data.state)),
    isIn: run !== null && !run.dry && data?.state === "done",
  };
}

/** Which column is what, the trial run, and the real one. */
export function MappingCard({ upload, onChange, onBack }: Props) {
  const say = useTexts();
  const { fileSize } = useFormat();
  const [mapping, setMapping] = useState<Mapping>(upload.mapping);
  const [isPartial, setPartial] = useState(false);
  const [run, setRun] = useState<Run | null>(null);
  const { isRunning, isIn } = useRun(run);
  const start = useAct(
    (dry: boolean) =>
      api.post<{ import_id: number }>(`/imports/${upload.upload_id}/start`, { mapping: chosen(mapping), dry_run: dry, partial: isPartial }),
    { refresh: ["/imports"], quiet: true },
  );
  const begin = (dry: boolean) => {
    setRun(null);
    start.mutate(dry, { onSuccess: ({ import_id }) => setRun({ id: import_id, dry }) });
  };
  const lacking = missing(upload, mapping);
  const isLocked = isRunning || isIn || start.isPending;
  const cannotStart = lacking.length > 0 || isLocked;
  return (
    <>
      <Card
        title={
          <span className={classes.fileTitle}>
            {upload.file_name} <span className="ks-muted">{[say.known(`kinds.${upload.kind}`), fileSize(upload.size)].join(" · ")}</span>
            {upload.remembered && <Label tone="good">{say("mapping.remembered")}</Label>}
          </span>
        }
        aside={
          <Button variant={isIn ? "filled" : "default"} disabled={isRunning} onClick={onBack}>
            {say("mapping.another")}
          </Button>
        }
      >
        {!isIn && (
          <>
            <ReadingOptions
              upload={upload}
              isLocked={isLocked}
              onChange={(next) => {
                setMapping(next.mapping);
                setRun(null);
                onChange(next);
              }}
            />
            <MappingTable
              key={[upload.encoding, upload.separator, upload.sheet].join(" ")}
              upload={upload}
              mapping={mapping}
              isLocked={isLocked}
              onChange={(next) => {
                setMapping(next);
                setRun(null);
              }}
            />
          </>
        )}
        {start.error && <Refusal error={start.error} />}
        {!isIn && (
          <div className={classes.start}>
            <Checkbox
              size="xs"
              label={say("mapping.partial")}
              description={say("mapping.partialHelp")}
              checked={isPartial}
              disabled={isLocked}
              onChange={(event) => setPartial(event.currentTarget.checked)}
            />
            <div className={classes.buttons}>
              {lacking.length > 0 && (
                <span className={classes.wrong}>{say("mapping.missing", { names: lacking.map((target) => target.title).join(", ") })}</span>
              )}
              <Button variant="default" disabled={cannotStart} loading={start.isPending && start.variables} onClick={() => begin(true)}>
                {say("mapping.try")}
              </Button>
              <Button disabled={cannotStart} loading={start.isPending && !start.variables} onClick={() => begin(false)}>
                {say("mapping.run")}
              </Button>
            </div>
          </div>
        )}
        {isIn && run && <ImportResult key={run.id} importId={run.id} />}
      </Card>
      {run && !isIn && (
        <Card title={run.dry ? say("result.trial") : say("result.title")}>
          <ImportResult key={run.id} importId={run.id} isInView />
        </Card>
      )}
    </>
  );
}
