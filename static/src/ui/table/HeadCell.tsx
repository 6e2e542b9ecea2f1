import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { Column } from "./columns";
import classes from "./DataTable.module.css";

interface Props<Row> {
  column: Column<Row>;
  sort?: string | undefined;
  onSort?: ((field: string) => void) | undefined;
}

/** The name of a column; a button where the server can sort by it. */
export function HeadCell<Row>({ column, sort, onSort }: Props<Row>) {
  const field = column.sort;
  const isAscending = field !== undefined && sort === field;
  const isDescending = field !== undefined && sort === `-${field}`;
  const direction = isAscending ? "ascending" : isDescending ? "descending" : undefined;
  return (
    <th scope="col" data-align={column.align} data-pinned={column.pinned || undefined} aria-sort={direction} style={{ minWidth: column.minWidth }}>
      {field && onSort ? (
        <button type="button" className={classes.sort} onClick={() => onSort(field)}>
          {column.title}
          {isAscending && <IconArrowUp size={13} aria-hidden="true" />}
          {isDescending && <IconArrowDown size={13} aria-hidden="true" />}
        </button>
      ) : column.quiet ? (
        <span className="ks-only-read">{column.title}</span>
      ) : (
        (column.head ?? column.title)
      )}
    </th>
  );
}
