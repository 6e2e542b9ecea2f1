import dayjs from "dayjs";
import { timeZone } from "./format";

/** «2026-11-24T10:30» of a datetime-local input, read on the portfolio's clock, as an instant in UTC. */
export function instantFromLocal(local: string): string {
  return dayjs.tz(local, timeZone()).toISOString();
}

/** The day of an instant on the portfolio's clock. */
export function dayOf(instant: string): string {
  return dayjs(instant).tz(timeZone()).format("YYYY-MM-DD");
}

/** Today on the portfolio's clock, `days` later: YYYY-MM-DD. */
export function localDay(days = 0): string {
  return dayjs().tz(timeZone()).add(days, "day").format("YYYY-MM-DD");
}
