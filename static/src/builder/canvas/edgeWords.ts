/** What a connection says. */
import type { Format } from "../../ui/useFormat";

interface Saying {
  /** of the port; empty when the step has no other */
  readonly title: string;
  readonly counting: boolean;
  /** cases that were at the step, and those that left by this port */
  readonly entered: number;
  readonly cases: number;
  readonly isLong: boolean;
  /** chosen, or under the pointer */
  readonly isLooked: boolean;
}

/**
 * While drawing, the card names its ports: only connections that lead away from it, or are looked at, say it again. Among
 * numbers a connection that nobody took says nothing.
 */
export function wordsOf({ title, counting, entered, cases, isLong, isLooked }: Saying, format: Format): string {
  const figures = counting && entered > 0;
  const isNamed = figures ? cases > 0 || isLooked : counting || isLong || isLooked;
  const words = [
    isNamed ? title : "",
    figures && (cases > 0 || isLooked) ? format.percent(cases / entered) : "",
    figures && cases > 0 ? format.number(cases) : "",
  ];
  return words.filter(Boolean).join(" · ");
}
