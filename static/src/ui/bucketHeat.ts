const STARTS = [1, 31, 61, 90];

/** The place of a bucket on the colour scale, 0 (`current`) … 4 (the oldest debt), by the day at which it begins. */
export function bucketHeat(key: string): number {
  const from = Number.parseInt(key, 10);
  return Number.isNaN(from) ? 0 : STARTS.filter((start) => from >= start).length;
}
