/** How the numbers are read — period, arm, segment, heat: in the address, so that a link shows a colleague the same. */
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

import type { Query } from "../../api/client";

export const PERIODS = [7, 30, 90] as const;
export const HEATS = ["none", "flow", "dwell", "loss", "money"] as const;
export type Heat = (typeof HEATS)[number];
/** what the server narrows numbers by */
export const SLICE = ["arm", "repeat", "product", "district"] as const;
export type SliceName = (typeof SLICE)[number];

export interface Lens {
  readonly days: number;
  readonly slice: Readonly<Partial<Record<SliceName, string>>>;
  readonly heat: Heat;
  /** what the server is asked for the period and the slice */
  readonly query: Query;
  readonly change: (part: Readonly<Record<string, string | null>>) => void;
}

/** Local day so many days ago; the portfolio's today is at most a day away from the browser's. */
function dayAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

export function useLens(): Lens {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const change = useCallback(
    (part: Readonly<Record<string, string | null>>) =>
      setSearch(
        (former) => {
          const next = new URLSearchParams(former);
          for (const [name, value] of Object.entries(part)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return useMemo(() => {
    const asked = new URLSearchParams(text);
    const days = PERIODS.find((count) => String(count) === asked.get("days")) ?? 30;
    const heat = HEATS.find((name) => name === asked.get("heat")) ?? "none";
    const slice: Partial<Record<SliceName, string>> = {};
    for (const name of SLICE) {
      const value = asked.get(name);
      if (value) slice[name] = value;
    }
    return { days, heat, slice, query: { from: dayAgo(days - 1), ...slice }, change };
  }, [text, change]);
}
