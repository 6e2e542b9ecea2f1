import { Button } from "@mantine/core";
import { lazy } from "react";
import { Link, useParams } from "react-router";
import { useRight } from "../app/me";
import { Page } from "../ui/Page";
import { CardSkeletons } from "../ui/states";
import { HistoryCard } from "./HistoryCard";
import { ImportPanel } from "./ImportPanel";
import classes from "./Imports.module.css";
import { MappingCard } from "./MappingCard";
import { useTexts } from "./texts";
import { UploadCard } from "./UploadCard";
import { useUpload } from "./useUpload";

const DatabasesPage = lazy(() => import("../databases/DatabasesPage"));

/** Files and their history, or the databases that rows are read from as well. */
export default function ImportsPage() {
  return useParams().id === "databases" ? <DatabasesPage /> : <Files />;
}

/** Bring in loans and payments: a file, which column is what, a trial, then the real thing; and what was brought in before. */
function Files() {
  const say = useTexts();
  const { id } = useParams();
  const mayRun = useRight("import.run");
  const isAdmin = useRight("admin");
  const databases = isAdmin && (
    <Button component={Link} to="/imports/databases" variant="default">
      {say("databases")}
    </Button>
  );
  const { id: fileId, upload, error, keep, drop } = useUpload();
  const isComing = mayRun && fileId !== null && !upload && !error;
  return (
    <Page title={say("title")} actions={databases} side={id && <ImportPanel importId={Number(id)} />}>
      <div className={classes.stack}>
        {isComing && <CardSkeletons cards={1} height={260} />}
        {mayRun && !upload && !isComing && <UploadCard onUpload={keep} lost={error} />}
        {mayRun && upload && <MappingCard key={upload.upload_id} upload={upload} onChange={keep} onBack={drop} />}
        <HistoryCard chosen={id ? Number(id) : null} />
      </div>
    </Page>
  );
}
