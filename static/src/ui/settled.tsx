/** What a page does not need at once comes when it has stood for a moment, and is there when the connection is lost later. */
import { Suspense, useEffect, useState, type ReactNode } from "react";

/** ms after the first drawing; by then the first answers have come and the page is at rest */
const SETTLES_AFTER = 1_200;
const TRIES_EVERY = 5_000;

/** Whether the page has stood for a moment. */
export function useSettled(): boolean {
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SETTLES_AFTER);
    return () => clearTimeout(timer);
  }, []);
  return isSettled;
}

/** Draws what may come later; nothing until then. */
export function WhenSettled({ children }: { children: ReactNode }) {
  return useSettled() ? <Suspense fallback={null}>{children}</Suspense> : null;
}

/** A load that a lost connection delays but does not break: it is tried until it succeeds. */
export function lastingly<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  const again = (): Promise<Loaded> => load().catch(() => new Promise((resolve) => setTimeout(resolve, TRIES_EVERY)).then(again));
  return again;
}
