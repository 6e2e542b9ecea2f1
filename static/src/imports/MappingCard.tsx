import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import { api, useGet } from "../api/client";
import type { ImportCard, Mapping, Upload } from "../api/types/imports";
import { watchJob } from "../jobs/watched";
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

interface Start {
  dry: boolean;
  partial: boolean;
}

/** How one run of the file stands. `good`: the rows that a refusal of the others kept out. */
function useRun(run: Run | null): { isRunning: boolean; isIn: boolean; good: number } {
  const { data } = useGet<ImportCard>(`/imports/${run?.id ?? 0}`, { enabled: run !== null });
  return {
    isRunning: run !== null && (!data || isGoing(data.state)),
    isIn: run !== null && !run.dry && data?.state === "done",
    good: data?.state === "refused" && data.rows_wrong > 0 ? data.rows_read - data.rows_wrong : 0,
  };
}

/** Which column is what, the trial run, and the real one. */
export function MappingCard({ upload, onChange, onBack }: Props) {
  const say = useTexts();
  const { fileSize, number } = useFormat();
  const [mapping, setMapping] = useState<Mapping>(upload.mapping);
  const [isPartial, setPartial] = useState(false);
  const [run, setRun] = useState<Run | null>(null);
  const { isRunning, isIn, good } = useRun(run);
  const start = useAct(
    ({ dry, partial }: Start) =>
      api.post<{ import_id: number; job_id: number }>(`/imports/${upload.upload_id}/start`, { mapping: chosen(mapping), dry_run: dry, partial }),
    { refresh: ["/imports"], quiet: true },
  );
  const begin = (how: Start) => {
    setRun(null);
    start.mutate(how, {
      onSuccess: ({ import_id, job_id }) => {
        watchJob(job_id);
        setRun({ id: import_id, dry: how.dry });
      },
    });
  };
  const lacking = missing(upload, mapping);
  const isLocked = isRunning || start.isPending;
  const cannotStart = lacking.length > 0 || isLocked;
  const title = (
    <span className={classes.fileTitle}>
      {upload.file_name} <span className="ks-muted">{[say.known(`kinds.${upload.kind}`), fileSize(upload.size)].join(" · ")}</span>
      {upload.remembered && !isIn && <Label tone="good">{say("mapping.remembered")}</Label>}
    </span>
  );
  const another = (
    <Button variant={isIn ? "filled" : "default"} disabled={isRunning} onClick={onBack}>
      {say("mapping.another")}
    </Button>
  );
  return (
    <>
      {!isIn && (
        <Card title={title} aside={another}>
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
          {start.error && <Refusal error={start.error} />}
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
              <Button
                variant="default"
                disabled={cannotStart}
                loading={start.isPending && start.variables.dry}
                onClick={() => begin({ dry: true, partial: isPartial })}
              >
                {say("mapping.try")}
              </Button>
              <Button
                disabled={cannotStart}
                loading={start.isPending && !start.variables.dry}
                onClick={() => begin({ dry: false, partial: isPartial })}
              >
                {say("mapping.run")}
              </Button>
            </div>
          </div>
        </Card>
      )}
      {run && (
        <Card title={isIn ? title : say(run.dry ? "result.trial" : "result.title")} aside={isIn && another}>
          <ImportResult key={run.id} importId={run.id} isFresh>
            {good > 0 && (
              <Button variant="default" disabled={cannotStart} onClick={() => begin({ dry: false, partial: true })}>
                {say("result.takeGood", { n: number(good) })}
              </Button>
            )}
          </ImportResult>
        </Card>
      )}
    </>
  );
}
