/**
 * The newer value with every part that did not change taken from the older one. Cards compare by identity, so a poll
 * that changed one figure redraws one card.
 */
export function share<T>(older: T, newer: T): T {
  if (Object.is(older, newer)) return older;
  if (typeof older !== "object" || typeof newer !== "object" || older === null || newer === null) return newer;
  if (Array.isArray(older) !== Array.isArray(newer)) return newer;
  const before = older as Record<string, unknown>;
  const after = newer as Record<string, unknown>;
  const keys = Object.keys(after);
  let same = keys.length === Object.keys(before).length;
  const result: Record<string, unknown> | unknown[] = Array.isArray(newer) ? [] : {};
  for (const key of keys) {
    const value = Object.hasOwn(before, key) ? share(before[key], after[key]) : after[key];
    if (!Object.hasOwn(before, key) || value !== before[key]) same = false;
    (result as Record<string, unknown>)[key] = value;
  }
  return same ? older : (result as T);
}
