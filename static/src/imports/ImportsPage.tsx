import { useState } from "react";
import { useParams } from "react-router";
import type { Upload } from "../api/types";
import { useRight } from "../app/me";
import { Page } from "../ui/Page";
import { HistoryCard } from "./HistoryCard";
import { ImportPanel } from "./ImportPanel";
import classes from "./Imports.module.css";
import { MappingCard } from "./MappingCard";
import { useTexts } from "./texts";
import { UploadCard } from "./UploadCard";

/** Bring in loans and payments: a file, which column is what, a trial, then the real thing; and what was brought in before. */
export default function ImportsPage() {
  const say = useTexts();
  const { id } = useParams();
  const mayRun = useRight("import.run");
  const [upload, setUpload] = useState<Upload | null>(null);
  return (
    <Page title={say("title")} side={id && <ImportPanel importId={Number(id)} />}>
      <div className={classes.stack}>
        {mayRun && !upload && <UploadCard onUpload={setUpload} />}
        {mayRun && upload && <MappingCard key={upload.upload_id} upload={upload} onBack={() => setUpload(null)} />}
        {!upload && <HistoryCard chosen={id ? Number(id) : null} />}
      </div>
    </Page>
  );
}
