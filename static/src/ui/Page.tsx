import { type ReactNode, useEffect } from "react";
import { Link } from "react-router";
import classes from "./Page.module.css";
import { useUiTexts } from "./texts";

interface TitleBarProps {
  title: ReactNode;
  /** Where this page belongs, shown before the title. */
  crumb?: { title: string; to: string };
  /** Badges that say how the thing is. */
  state?: ReactNode;
  actions?: ReactNode;
}

export function TitleBar({ title, crumb, state, actions }: TitleBarProps) {
  return (
    <header className={classes.bar}>
      <div className={classes.heading}>
        {crumb && (
          <span className={classes.crumb}>
            <Link to={crumb.to}>{crumb.title}</Link> <span aria-hidden="true">/</span>
          </span>
        )}
        <h1 className={classes.title}>{title}</h1>
        {state && <div className={classes.state}>{state}</div>}
      </div>
      {actions && <div className={`${classes.actions} ks-no-print`}>{actions}</div>}
    </header>
  );
}

interface PageProps extends TitleBarProps {
  /** The document's title when `title` is not a plain text. */
  name?: string;
  filter?: ReactNode;
  /** Stands at the right while something is selected; see SidePanel. */
  side?: ReactNode;
  /** The content brings its own edges (tables, canvases). */
  flush?: boolean;
  children: ReactNode;
}

/** The one anatomy: title bar with state and actions, filter bar, content, side panel for the selected thing. */
export function Page({ name, filter, side, flush = false, children, ...bar }: PageProps) {
  const say = useUiTexts();
  const brand = say("brand");
  const title = name ?? (typeof bar.title === "string" ? bar.title : "");
  useEffect(() => {
    document.title = title ? `${title} · ${brand}` : brand;
  }, [title, brand]);
  return (
    <div className={classes.page}>
      <TitleBar {...bar} />
      {filter}
      <div className={classes.body}>
        <main className={classes.content} data-flush={flush || undefined} id="content" tabIndex={-1}>
          {children}
        </main>
        {side}
      </div>
    </div>
  );
}

interface CardProps {
  title?: ReactNode;
  /** At the right end of the title. */
  aside?: ReactNode;
  /** No inner edge: for tables. */
  flush?: boolean;
  children: ReactNode;
  className?: string | undefined;
}

/** A white card on the quiet ground. */
export function Card({ title, aside, flush = false, children, className }: CardProps) {
  return (
    <section className={`${classes.card} ${className ?? ""}`}>
      {(title || aside) && (
        <div className={classes.cardHead}>
          <h2 className={classes.cardTitle}>{title}</h2>
          {aside}
        </div>
      )}
      <div className={flush ? classes.cardFlush : classes.cardBody}>{children}</div>
    </section>
  );
}
