import type { KeyboardEvent, MouseEvent } from "react";
import type { Column } from "./columns";
import classes from "./DataTable.module.css";

interface RowProps<Row> {
  row: Row;
  columns: readonly Column<Row>[];
  isSelected: boolean;
  onOpen?: (row: Row) => void;
  onMove: (step: number) => void;
}

function isInside(event: MouseEvent | KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return target !== event.currentTarget && target.closest("a, button, input, select, textarea, [role='menuitem']") !== null;
}

function opening<Row>({ row, onOpen, onMove, isSelected }: RowProps<Row>) {
  if (!onOpen) return {};
  return {
    tabIndex: 0,
    "data-row": true,
    "data-selected": isSelected || undefined,
    "aria-current": isSelected || undefined,
    onClick: (event: MouseEvent) => {
      if (!isInside(event) && !window.getSelection()?.toString()) onOpen(row);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (isInside(event)) return;
      const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
      const step = steps[event.key];
      if (event.key === "Enter") onOpen(row);
      else if (step) onMove(step);
      else return;
      event.preventDefault();
    },
  } as const;
}

export function TableRow<Row>(props: RowProps<Row>) {
  const handlers = opening(props);
  return (
    <tr className={props.onOpen && classes.opens} {...handlers}>
      {props.columns.map((column) => (
        <td
          key={column.key}
          className={column.rest ? "ks-cut" : undefined}
          data-align={column.align}
          data-rest={column.rest || undefined}
          data-wrap={column.wrap || undefined}
          data-pinned={column.pinned || undefined}
        >
          {column.maxWidth ? (
            <div className="ks-cut" style={{ maxWidth: column.maxWidth }}>
              {column.render(props.row)}
            </div>
          ) : (
            column.render(props.row)
          )}
        </td>
      ))}
    </tr>
  );
}

/** The same row where a table has no room: heading, the figure that matters, then the rest as names and values. */
export function CardRow<Row>(props: RowProps<Row>) {
  const handlers = opening(props);
  const { columns, row } = props;
  const mark = columns.find((column) => column.card === "mark");
  const heading = columns.find((column) => column.card === "title") ?? columns.find((column) => column !== mark);
  const aside = columns.find((column) => column.card === "aside");
  const rest = columns.filter((column) => ![heading, mark, aside].includes(column) && column.card !== "none");
  return (
    <li className={classes.card} {...handlers}>
      <div className={classes.cardHead}>
        {mark && <div className={classes.cardMark}>{mark.render(row)}</div>}
        <div className={classes.cardTitle}>{heading?.render(row)}</div>
        {aside && <div>{aside.render(row)}</div>}
      </div>
      <dl className={classes.cardFacts}>
        {rest.map((column) => (
          <div key={column.key}>
            <dt>{column.title}</dt>
            <dd>{column.render(row)}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
