import type { EngineState } from "../api/types/engine";

export interface Hour {
  /** Seconds since 1970. */
  at: number;
  cases: number;
  messages: number;
  sent: number;
  moved: number;
  micros: number;
}

const HOUR = 3600;

/** The server names only hours in which something happened; here an hour without work is a zero. */
export function everyHour(hours: EngineState["last_24h"]): Hour[] {
  const known = new Map(hours.map(({ hour, ...rest }) => [Date.parse(hour) / 1000, rest]));
  const last = Math.max(...known.keys());
  if (!Number.isFinite(last)) return [];
  return Array.from({ length: 24 }, (_, index) => {
    const at = last - (23 - index) * HOUR;
    return { at, ...(known.get(at) ?? { cases: 0, messages: 0, sent: 0, moved: 0, micros: 0 }) };
  });
}
