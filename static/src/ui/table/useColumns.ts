import { useLocalStorage } from "@mantine/hooks";
import { useMemo } from "react";
import type { Column } from "./columns";

/** The columns that this person wants to see in this table; the choice stays on this machine. */
export function useColumns<Row>(table: string, columns: readonly Column<Row>[]) {
  const [chosen, setChosen] = useLocalStorage<string[] | null>({
    key: `kaskad.columns.${table}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  });
  const shown = useMemo(
    () => columns.filter((column) => (chosen ? chosen.includes(column.key) : !column.hidden)),
    [columns, chosen],
  );
  const toggle = (key: string) => {
    const keys = shown.map((column) => column.key);
    const next = keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key];
    if (next.length > 0) setChosen(next);
  };
  return { shown, toggle, reset: () => setChosen(null) };
}
