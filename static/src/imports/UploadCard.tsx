import { SegmentedControl, Skeleton } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { request } from "../api/client";
import { ApiError } from "../api/errors";
import type { Upload } from "../api/types/imports";
import { useMe } from "../app/me";
import { Card } from "../ui/Page";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { Refusal } from "./Refusal";
import { useTexts } from "./texts";

const FileDrop = lazy(() => import("./FileDrop"));

const KINDS = ["loans", "borrowers", "payments", "signals"] as const;
export type ImportKind = (typeof KINDS)[number];

async function send(file: File, kind: ImportKind): Promise<Upload> {
  const body = new FormData();
  body.set("kind", kind);
  body.set("file", file);
  return request<Upload>("POST", "/imports", { body });
}

interface Props {
  onUpload: (upload: Upload) => void;
  /** Why the file of the address is not there. */
  lost: Error | null;
}

/** The first step: what the file holds, and the file. Nothing is written by this. */
export function UploadCard({ onUpload, lost }: Props) {
  const say = useTexts();
  const { fileSize } = useFormat();
  const most = useMe().settings.upload_megabytes * 1_000_000;
  const [kind, setKind] = useState<ImportKind>("loans");
  const upload = useAct(
    (file: File) => {
      // A server that refuses in the middle of a large file looks like a broken line.
      if (file.size > most) throw new ApiError(413, "too_large", say("upload.tooLarge", { size: fileSize(file.size), most: fileSize(most) }));
      return send(file, kind);
    },
    { refresh: [], quiet: true, onDone: onUpload },
  );
  const error = upload.error ?? lost;
  return (
    <Card
      title={say("upload.title")}
      aside={
        <SegmentedControl
          size="xs"
          value={kind}
          onChange={(value) => setKind(value)}
          aria-label={say("upload.kind")}
          data={KINDS.map((value) => ({ value, label: say(`kinds.${value}`) }))}
        />
      }
    >
      <Suspense fallback={<Skeleton height={132} />}>
        <FileDrop isBusy={upload.isPending} about={say(`upload.about.${kind}`)} onFile={(file) => upload.mutate(file)} />
      </Suspense>
      {error && <Refusal error={error} file={upload.error ? upload.variables?.name : undefined} />}
    </Card>
  );
}
