import { ActionIcon, Menu } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useUiTexts } from "../texts";
import type { Column } from "./columns";
import classes from "./DataTable.module.css";

interface Props<Row> {
  columns: readonly Column<Row>[];
  shown: readonly Column<Row>[];
  toggle: (key: string) => void;
  reset: () => void;
}

/** Which columns the table shows. */
export function ColumnsMenu<Row>({ columns, shown, toggle, reset }: Props<Row>) {
  const say = useUiTexts();
  return (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target>
        <ActionIcon className={classes.columnsButton} variant="default" size={32} aria-label={say("columns")} title={say("columns")}>
          <IconColumns3 size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say("columns")}</Menu.Label>
        {columns.map((column) => (
          <Menu.CheckboxItem key={column.key} checked={shown.includes(column)} onChange={() => toggle(column.key)}>
            {column.title}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={reset}>{say("columnsReset")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
