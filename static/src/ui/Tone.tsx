import type { ReactNode } from "react";
import classes from "./Tone.module.css";

export type Tone = "good" | "warn" | "bad" | "accent" | "quiet";

/** A small rounded label; colour only where it carries meaning. */
export function Label({ tone = "quiet", children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={classes.label} data-tone={tone} title={title}>
      {children}
    </span>
  );
}

/** A dot that says how something is, always beside words. */
export function Dot({ tone = "quiet" }: { tone?: Tone }) {
  return <span className={classes.dot} data-tone={tone} aria-hidden="true" />;
}
