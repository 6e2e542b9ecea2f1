import { expect, it } from "vitest";
import { type LedgerEvent, PARTS, rows } from "./model";

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
