import { expect, it } from "vitest";
import { type LedgerEvent, PARTS, rows, seenThen } from "./model";

function event(id: number, kind: string, day: string, interest: number, balance: number): LedgerEvent {
  const none = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<(typeof PARTS)[number], number>;
  return { ...none, id, kind, day, interest, balance, given_up: 0, paid: 0, actor: "registry", recorded_at: `${day}T00:00:00Z` };
}

it("charges of days in a row are one row with their sum, and what stands between them parts them", () => {
  const found = rows([
    event(5, "accrued", "2026-04-04", 8, 132),
    event(4, "accrued", "2026-04-03", 8, 124),
    event(3, "payment", "2026-04-02", -8, 116),
    event(2, "accrued", "2026-04-02", 8, 124),
    event(1, "issued", "2026-04-01", 0, 100),
  ]);
  expect(found.map((row) => [row.id, row.kind, row.from, row.day, row.interest, row.balance])).toEqual([
    [5, "accrued", "2026-04-03", "2026-04-04", 16, 132],
    [3, "payment", "2026-04-02", "2026-04-02", -8, 116],
    [2, "accrued", "2026-04-02", "2026-04-02", 8, 124],
    [1, "issued", "2026-04-01", "2026-04-01", 0, 100],
  ]);
});

it("what was recorded later does not change what was seen then", () => {
  const late = { ...event(3, "payment", "2026-04-02", -8, 100), recorded_at: "2026-04-05T00:00:00Z" };
  const events = [late, event(2, "accrued", "2026-04-02", 8, 108), event(1, "accrued", "2026-04-01", 8, 8)];
  const dayOf = (instant: string) => instant.slice(0, 10);
  expect(seenThen(events, "2026-04-02", dayOf)).toBe(16);
  expect(seenThen(events, "2026-04-05", dayOf)).toBe(8);
});
