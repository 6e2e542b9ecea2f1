import { SegmentedControl, Skeleton } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { request } from "../api/client";
import type { Upload } from "../api/types";
import { Card } from "../ui/Page";
import { ErrorState } from "../ui/states";
import { useAct } from "../ui/useAct";
import { useTexts } from "./texts";

const FileDrop = lazy(() => import("./FileDrop"));

export type ImportKind = "loans" | "payments";

async function send(file: File, kind: ImportKind): Promise<Upload> {
  const body = new FormData();
  body.set("kind", kind);
  body.set("file", file);
  return request<Upload>("POST", "/imports", { body });
}

/** The first step: what the file holds, and the file. Nothing is written by this. */
export function UploadCard({ onUpload }: { onUpload: (upload: Upload) => void }) {
  const say = useTexts();
  const [kind, setKind] = useState<ImportKind>("loans");
  const upload = useAct((file: File) => send(file, kind), { refresh: [], quiet: true, onDone: onUpload });
  return (
    <Card
      title={say("upload.title")}
      aside={
        <SegmentedControl
          size="xs"
          value={kind}
          onChange={(value) => setKind(value)}
          aria-label={say("upload.kind")}
          data={[
            { value: "loans", label: say("kinds.loans") },
            { value: "payments", label: say("kinds.payments") },
          ]}
        />
      }
    >
      <Suspense fallback={<Skeleton height={132} />}>
        <FileDrop isBusy={upload.isPending} onFile={(file) => upload.mutate(file)} />
      </Suspense>
      {upload.error && <ErrorState compact error={upload.error} />}
    </Card>
  );
}

