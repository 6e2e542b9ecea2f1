import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../api/errors";
import type { Column } from "./columns";
import { DataTable, type DataTableProps } from "./DataTable";

interface Row {
  id: number;
  name: string;
  overdue: number;
}

const ROWS: Row[] = [
  { id: 1, name: "L-1", overdue: 10 },
  { id: 2, name: "L-2", overdue: 20 },
];
const COLUMNS: Column<Row>[] = [
  { key: "name", title: "Loan", sort: "external_id", render: (row) => <a href={`/loans/${row.id}`}>{row.name}</a> },
  { key: "overdue", title: "Overdue", align: "right", render: (row) => row.overdue },
];

function isNarrow(narrow: boolean): void {
  vi.stubGlobal("matchMedia", () => ({ matches: narrow, addEventListener: vi.fn(), removeEventListener: vi.fn(), addListener: vi.fn(), removeListener: vi.fn() }));
  vi.stubGlobal("innerWidth", narrow ? 390 : 1440);
}

function show(props: Partial<DataTableProps<Row>> = {}, narrow = false) {
  isNarrow(narrow);
  return render(
    <MantineProvider>
      <DataTable label="Loans" columns={COLUMNS} rows={ROWS} rowKey={(row) => row.id} empty={<p>nothing here</p>} {...props} />
    </MantineProvider>,
  );
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("DataTable", () => {
  it("shows a row for each item under named columns", () => {
    show();
    const table = screen.getByRole("table", { name: "Loans" });
    expect(within(table).getAllByRole("row")).toHaveLength(3);
    expect(screen.getByRole("columnheader", { name: "Overdue" })).toBeTruthy();
  });

  it("asks for another order where the server can sort, and says which one it is", async () => {
    const onSort = vi.fn();
    show({ sort: "-external_id", onSort });
    expect(screen.getByRole("columnheader", { name: "Loan" }).getAttribute("aria-sort")).toBe("descending");
    await userEvent.click(screen.getByRole("button", { name: "Loan" }));
    expect(onSort).toHaveBeenCalledWith("external_id");
    expect(screen.queryByRole("button", { name: "Overdue" })).toBeNull();
  });

  it("opens a row by click and by Enter, and moves with the arrows", async () => {
    const onOpen = vi.fn();
    show({ onOpen });
    const [, first, second] = screen.getAllByRole("row");
    await userEvent.click(within(first as HTMLElement).getByText("10"));
    expect(onOpen).toHaveBeenLastCalledWith(ROWS[0]);
    first?.focus();
    await userEvent.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(second);
    await userEvent.keyboard("{Enter}");
    expect(onOpen).toHaveBeenLastCalledWith(ROWS[1]);
  });

  it("leaves links inside a row to themselves", async () => {
    const onOpen = vi.fn();
    show({ onOpen });
    screen.getByText("L-1").addEventListener("click", (event) => event.preventDefault());
    await userEvent.click(screen.getByText("L-1"));
    expect(onOpen).not.toHaveBeenCalled();
  });

  it("makes a card of each row on a narrow screen", () => {
    show({}, true);
    expect(screen.queryByRole("table")).toBeNull();
    expect(screen.getAllByRole("listitem")).toHaveLength(2);
  });

  it("puts the mark of a row before its heading on a narrow screen", () => {
    const mark: Column<Row> = { key: "mark", title: "Mark", card: "mark", render: (row) => <input type="checkbox" aria-label={`Choose ${row.name}`} /> };
    show({ columns: [mark, ...COLUMNS] }, true);
    const [first] = screen.getAllByRole("listitem");
    expect(within(first as HTMLElement).getByRole("checkbox", { name: "Choose L-1" })).toBeTruthy();
    expect(first?.textContent).toBe("L-1Overdue10");
  });

  it("says what an empty list is", () => {
    show({ rows: [] });
    expect(screen.getByText("nothing here")).toBeTruthy();
  });

  it("shows a skeleton while the first rows are on their way", () => {
    show({ rows: undefined });
    expect(screen.getByRole("status")).toBeTruthy();
  });

  it("says what went wrong and offers to try again", async () => {
    const onRetry = vi.fn();
    show({ rows: undefined, error: new ApiError(503, "busy", "The database is busy."), onRetry });
    expect(screen.getByRole("alert").textContent).toContain("The database is busy.");
    await userEvent.click(within(screen.getByRole("alert")).getByRole("button"));
    expect(onRetry).toHaveBeenCalledTimes(1);
  });

  it("keeps the last known rows when a refresh fails", () => {
    show({ error: new ApiError(0, "offline", "") });
    expect(screen.getByText("L-1")).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
