import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ListState } from "../useListState";
import { useChosen } from "./useChosen";

interface Row {
  id: number;
  isOpen: boolean;
}

const FIRST: Row[] = [{ id: 1, isOpen: true }, { id: 2, isOpen: false }, { id: 3, isOpen: true }];
const SECOND: Row[] = [{ id: 4, isOpen: true }];

function List({ rows, q }: { rows: Row[]; q: string }) {
  const state = { q, filters: {} } as ListState;
  const { ids, column, clear } = useChosen({ rows, state, name: (row) => `row ${row.id}`, mayChoose: (row) => row.isOpen });
  return (
    <MantineProvider>
      {column.head}
      {rows.map((row) => (
        <div key={row.id}>{column.render(row)}</div>
      ))}
      <output>{ids.join(" ")}</output>
      <button onClick={clear}>none</button>
    </MantineProvider>
  );
}

const chosen = () => screen.getByRole("status").textContent;
const all = () => screen.getAllByRole("checkbox")[0] as HTMLInputElement;

beforeEach(() => vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() })));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("useChosen", () => {
  it("ticks one row, or all of the page that may be chosen", async () => {
    render(<List rows={FIRST} q="" />);
    await userEvent.click(screen.getAllByRole("checkbox")[3] as HTMLElement);
    expect(chosen()).toBe("3");
    expect(all().indeterminate).toBe(true);
    await userEvent.click(all());
    expect(chosen()).toBe("1 3");
    expect(all().checked).toBe(true);
    await userEvent.click(all());
    expect(chosen()).toBe("");
  });

  it("keeps the ticks while pages are turned, and lets them go with another search", async () => {
    const { rerender } = render(<List rows={FIRST} q="" />);
    await userEvent.click(all());
    rerender(<List rows={SECOND} q="" />);
    await userEvent.click(all());
    expect(chosen()).toBe("1 3 4");
    rerender(<List rows={SECOND} q="other" />);
    expect(chosen()).toBe("");
    expect(all().checked).toBe(false);
  });

  it("lets everything go at once", async () => {
    render(<List rows={FIRST} q="" />);
    await userEvent.click(all());
    await userEvent.click(screen.getByRole("button", { name: "none" }));
    expect(chosen()).toBe("");
  });
});
