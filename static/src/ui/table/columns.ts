import type { ReactNode } from "react";

export interface Column<Row> {
  key: string;
  title: string;
  render: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  align?: "right";
  /** The field that the server sorts by. */
  sort?: string;
  /** Not shown until chosen. */
  hidden?: boolean;
  /** On a narrow screen: the heading of the card, what stands before it, the value at its right, or nothing. */
  card?: "title" | "mark" | "aside" | "none";
  /** Longer texts are cut at this many pixels. */
  maxWidth?: number;
  minWidth?: number;
  /** One line in whatever room the others leave, cut at its end. */
  rest?: boolean;
  /** Sentences: may take several lines. */
  wrap?: boolean;
  /** Stays in sight at the right edge while the others scroll. */
  pinned?: boolean;
  /** Stands in the heading instead of the title. */
  head?: ReactNode;
  /** The heading is only for those who do not see the table. */
  quiet?: boolean;
}
