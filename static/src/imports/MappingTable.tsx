import { Select } from "@mantine/core";
import type { Mapping, Upload, UploadTarget } from "../api/types";
import classes from "./Imports.module.css";
import { SourceOptions } from "./SourceOptions";
import { useTexts } from "./texts";

interface Props {
  upload: Upload;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

function Row({ target, upload, mapping, onChange }: Props & { target: UploadTarget }) {
  const say = useTexts();
  const source = mapping[target.key] ?? { column: null };
  const samples = upload.columns.find((one) => one.name === source.column)?.samples ?? [];
  return (
    <tr>
      <th scope="row">
        {target.title}
        {target.required && (
          <span className={classes.required} title={say("mapping.required")}>
            {" "}
            *
          </span>
        )}
        {target.help && <div className={classes.help}>{target.help}</div>}
      </th>
      <td>
        <Select
          aria-label={say("mapping.columnFor", { target: target.title })}
          placeholder={target.required ? say("mapping.choose") : say("mapping.none")}
          clearable
          searchable
          error={target.required && !source.column}
          value={source.column}
          data={upload.columns.map((one) => one.name)}
          onChange={(column) => onChange({ ...mapping, [target.key]: { ...source, column } })}
        />
        {source.column && <SourceOptions target={target} source={source} onChange={(next) => onChange({ ...mapping, [target.key]: next })} />}
      </td>
      <td className={classes.samples}>{samples.filter(Boolean).slice(0, 3).join(" · ") || "–"}</td>
    </tr>
  );
}

/** What Kaskad needs at the left, the file's column in the middle, a few of its values at the right. */
export function MappingTable(props: Props) {
  const say = useTexts();
  return (
    <div className={classes.tableScroll}>
      <table className={classes.mapping}>
        <thead>
          <tr>
            <th scope="col">{say("mapping.target")}</th>
            <th scope="col">{say("mapping.column")}</th>
            <th scope="col">{say("mapping.samples")}</th>
          </tr>
        </thead>
        <tbody>
          {props.upload.targets.map((target) => (
            <Row key={target.key} target={target} {...props} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
