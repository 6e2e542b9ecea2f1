import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useRef } from "react";
import { ErrorState, RowSkeletons } from "../states";
import { useUiTexts } from "../texts";
import type { Column } from "./columns";
import classes from "./DataTable.module.css";
import { HeadCell } from "./HeadCell";
import { CardRow, TableRow } from "./rows";

export interface DataTableProps<Row> {
  /** What the rows are, for those who do not see the page. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string | number;
  /** What a row opens. */
  onOpen?: (row: Row) => void;
  isSelected?: (row: Row) => boolean;
  sort?: string;
  onSort?: (field: string) => void;
  error?: Error | null;
  onRetry?: () => void;
  /** Shown when there is no row. */
  empty: ReactNode;
  /** Newer rows are on their way. */
  isStale?: boolean;
}

/** Rows with sorting and keyboard: arrows move, Enter opens. On a narrow screen each row is a card. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, onOpen, isSelected, error, onRetry, empty, isStale } = props;
  const say = useUiTexts();
  const isNarrow = useMediaQuery("(max-width: 640px)", window.innerWidth <= 640);
  const body = useRef<HTMLDivElement>(null);

  if (error && !rows) return <ErrorState error={error} {...(onRetry && { retry: onRetry })} />;
  if (!rows) return <RowSkeletons />;
  if (rows.length === 0) return <>{empty}</>;

  const move = (step: number) => {
    const all = [...(body.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const at = all.findIndex((one) => one === document.activeElement);
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  };
  const rowProps = (row: Row) => ({
    row,
    columns,
    isSelected: isSelected?.(row) ?? false,
    onMove: move,
    ...(onOpen && { onOpen }),
  });

  return (
    <div ref={body} className={classes.scroll} data-stale={isStale || undefined} aria-busy={isStale || undefined}>
      {error && <div className={classes.warning}>{say("error.stale")}</div>}
      {isNarrow ? (
        <ul className={classes.cards} aria-label={label}>
          {rows.map((row) => (
            <CardRow key={rowKey(row)} {...rowProps(row)} />
          ))}
        </ul>
      ) : (
        <table className={classes.table} aria-label={label}>
          <thead>
            <tr>
              {columns.map((column) => (
                <HeadCell key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <TableRow key={rowKey(row)} {...rowProps(row)} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
