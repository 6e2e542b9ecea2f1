import { ActionIcon, Popover, Select } from "@mantine/core";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import type { MappingSource, UploadTarget } from "../api/types/imports";
import classes from "./Imports.module.css";
import { ReplacedValues } from "./ReplacedValues";
import { useTexts } from "./texts";

interface Props {
  target: UploadTarget;
  source: MappingSource;
  isLocked: boolean;
  onChange: (source: MappingSource) => void;
}

/** Left open, these are judged cell by cell. The others begin with what is usual. */
const JUDGED = new Set(["decimal", "order"]);
const KEYS: Readonly<Record<string, string>> = { ".": "point", ",": "comma", "": "auto" };

/** How the cells are read: said in a few words, changed in a small window. */
export function SourceOptions({ target, source, isLocked, onChange }: Props) {
  const say = useTexts();
  const options = Object.entries(target.options).map(([name, values]) => {
    const usual = JUDGED.has(name) ? "" : (values[0] ?? "");
    const value = typeof source[name] === "string" ? source[name] : usual;
    return { name, value, isTold: name === "unit" || value !== usual, choices: JUDGED.has(name) ? ["", ...values] : values };
  });
  const words = (name: string, value: string) => say.known(`options.${name}.${KEYS[value] ?? value}`);
  const replaced = Object.keys(source.values ?? {}).length;
  const said = options.filter((one) => one.isTold).map((one) => words(one.name, one.value));
  if (replaced) said.push(say("values.count", { count: replaced }));
  const title = say("options.for", { target: target.title });
  return (
    <>
      <Popover position="bottom-end" width={310} withArrow trapFocus>
        <Popover.Target>
          <ActionIcon size={32} disabled={isLocked} aria-label={title} title={title}>
            <IconAdjustmentsHorizontal size={16} stroke={1.7} aria-hidden="true" />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <div className={classes.options}>
            {options.map(({ name, value, choices }) => (
              <Select
                key={name}
                size="xs"
                label={say.known(`options.${name}.title`)}
                allowDeselect={false}
                comboboxProps={{ withinPortal: false }}
                value={value}
                data={choices.map((one) => ({ value: one, label: words(name, one) }))}
                onChange={(next) => onChange({ ...source, [name]: next })}
              />
            ))}
            <ReplacedValues values={source.values ?? {}} onChange={(values) => onChange({ ...source, values })} />
          </div>
        </Popover.Dropdown>
      </Popover>
      {said.length > 0 && <span className={classes.said}>{said.join(", ")}</span>}
    </>
  );
}
