import type { ReactNode } from "react";
import classes from "./Facts.module.css";

export interface Fact {
  title: ReactNode;
  value: ReactNode;
}

/** Names at the left, values at the right, a quiet line between. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map((fact, index) => (
        <div key={index} className={classes.fact}>
          <dt>{fact.title}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
