import { Button } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import type { Mapping, Described, UploadTarget } from "../api/types/imports";
import classes from "./Imports.module.css";
import { isFed, unused } from "./mapping";
import { SourceOptions } from "./SourceOptions";
import { SourceSelect } from "./SourceSelect";
import { useTexts } from "./texts";

interface Props {
  upload: Described;
  mapping: Mapping;
  isLocked: boolean;
  /** What the columns are of; a file when left out. */
  columnOf?: "query";
  onChange: (mapping: Mapping) => void;
}

function Row({ target, upload, mapping, isLocked, onChange }: Props & { target: UploadTarget }) {
  const say = useTexts();
  const source = mapping[target.key] ?? {};
  const samples = upload.columns.find((one) => one.name === source.column)?.samples ?? [];
  const shown = [...new Set(samples.filter(Boolean))].slice(0, 3);
  const doubt = isFed(source) ? undefined : upload.doubts[target.key];
  const change = (next: Mapping[string]) => onChange({ ...mapping, [target.key]: next });
  return (
    <tr>
      <th scope="row">
        {target.title}
        {target.required && (
          <span className={classes.required} title={say("mapping.required")}>
            {" *"}
          </span>
        )}
        <div className={classes.help}>{target.help}</div>
      </th>
      <td>
        <div className={classes.choice}>
          <SourceSelect target={target} upload={upload} source={source} isLocked={isLocked} onChange={change} />
          {doubt && <div className={classes.doubt}>{doubt}</div>}
          {source.column && <SourceOptions target={target} source={source} isLocked={isLocked} onChange={change} />}
        </div>
      </td>
      <td className={classes.samples} data-empty={shown.length === 0 || undefined}>
        {shown.map((sample) => (
          <span key={sample}>{sample}</span>
        ))}
        {shown.length === 0 && source.column && <i>{say("mapping.emptyColumn")}</i>}
      </td>
    </tr>
  );
}

/** What Kaskad needs at the left, the file's column in the middle, a few of its values at the right. */
export function MappingTable(props: Props) {
  const say = useTexts();
  const { upload, mapping } = props;
  // Judged once: a row does not jump when it gets a column.
  const [first] = useState(() => upload.targets.filter((target) => target.required || target.key in upload.doubts || isFed(mapping[target.key])));
  const rest = upload.targets.filter((target) => !first.includes(target));
  const [isOpen, setOpen] = useState(false);
  const left = unused(upload, mapping);
  return (
    <>
      <table className={classes.mapping}>
        <thead>
          <tr>
            <th scope="col">{say("mapping.target")}</th>
            <th scope="col">{say(props.columnOf === "query" ? "mapping.queryColumn" : "mapping.column")}</th>
            <th scope="col">{say("mapping.samples")}</th>
          </tr>
        </thead>
        <tbody>
          {[...first, ...(isOpen ? rest : [])].map((target) => (
            <Row key={target.key} target={target} {...props} />
          ))}
        </tbody>
      </table>
      {rest.length > 0 && !isOpen && (
        <Button variant="subtle" size="compact-sm" mt={6} leftSection={<IconChevronDown size={14} />} onClick={() => setOpen(true)}>
          {say("mapping.more", { count: rest.length })}
        </Button>
      )}
      {left.length > 0 && (
        <p className={classes.unused}>
          {say("mapping.unused")} {left.slice(0, 12).join(", ")}
          {left.length > 12 && " …"}
        </p>
      )}
    </>
  );
}
