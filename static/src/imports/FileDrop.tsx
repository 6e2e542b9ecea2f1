import "@mantine/dropzone/styles.css";
import { Dropzone } from "@mantine/dropzone";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { useState } from "react";
import classes from "./Imports.module.css";
import { useTexts } from "./texts";

const TYPES = {
  "text/csv": [".csv", ".txt", ".tsv"],
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": [".xlsx"],
};

/** Drop a file or choose one. */
export default function FileDrop({ isBusy, about, onFile }: { isBusy: boolean; about: string; onFile: (file: File) => void }) {
  const say = useTexts();
  const [isWrong, setWrong] = useState(false);
  return (
    <Dropzone
      accept={TYPES}
      multiple={false}
      loading={isBusy}
      onDrop={(files) => {
        setWrong(false);
        if (files[0]) onFile(files[0]);
      }}
      onReject={() => setWrong(true)}
      aria-label={say("upload.drop")}
      className={classes.drop}
    >
      <IconFileSpreadsheet size={26} stroke={1.5} aria-hidden="true" />
      <strong>{say("upload.drop")}</strong>
      <span className="ks-muted">{about}</span>
      <span className="ks-muted">{say("upload.formats")}</span>
      {isWrong && (
        <span className={classes.wrong} role="alert">
          {say("upload.wrongType")}
        </span>
      )}
    </Dropzone>
  );
}
