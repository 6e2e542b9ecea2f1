import { IconAlertTriangle } from "@tabler/icons-react";
import { ApiError } from "../api/errors";
import { ProblemList } from "../ui/states";
import classes from "./Imports.module.css";
import { useTexts } from "./texts";

/** Why a file was not taken, where the person looks; the page stays as it was. */
export function Refusal({ error, file }: { error: Error; file?: string | undefined }) {
  const say = useTexts();
  const isOffline = error instanceof ApiError && error.isOffline;
  const repeats = error instanceof ApiError && error.problems.length === 1 && error.problems[0]?.text === error.message && !error.problems[0].row;
  return (
    <div className={classes.refusal} role="alert">
      <IconAlertTriangle size={18} stroke={1.7} aria-hidden="true" />
      <div>
        {file && <strong>{file}</strong>}
        <p>{isOffline ? say("upload.offline") : error.message || say("upload.unknown")}</p>
        {!repeats && <ProblemList error={error} />}
      </div>
    </div>
  );
}
