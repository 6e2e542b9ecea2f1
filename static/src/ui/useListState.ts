import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import type { Query } from "../api/client";

export interface ListDefaults {
  /** Names of the filters that the address may carry. */
  filters: readonly string[];
  /** `dpd` or `-dpd`. */
  sort?: string;
  size?: number;
  /** Filters that are on until the person lets them go. */
  initial?: Readonly<Record<string, string>>;
}

/** In the address: a filter that would be on by itself, and was let go. */
const ALL = "all";
const NOTHING: Readonly<Record<string, string>> = {};

export interface ListState {
  q: string;
  page: number;
  size: number;
  sort: string;
  filters: Readonly<Record<string, string>>;
  /** What the server is asked. */
  query: Query;
  /** Search or some filter narrows the list. */
  isNarrowed: boolean;
  setSearch: (q: string) => void;
  setFilter: (name: string, value: string | null) => void;
  setPage: (page: number) => void;
  setSize: (size: number) => void;
  toggleSort: (field: string) => void;
  clear: () => void;
}

/** The state of a list lives in the address: a link shows a colleague the same rows, and Back undoes a filter. */
export function useListState({ filters: names, sort: firstSort = "", size: firstSize = 25, initial = NOTHING }: ListDefaults): ListState {
  const [search, setSearchParams] = useSearchParams();
  const known = names.join(" ");
  const firstFilters = JSON.stringify(initial);

  const change = useCallback(
    (values: Readonly<Record<string, string | null>>, replace = false) => {
      setSearchParams(
        (former) => {
          const next = new URLSearchParams(former);
          if (!("page" in values)) next.delete("page");
          for (const [name, value] of Object.entries(values)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace },
      );
    },
    [setSearchParams],
  );

  return useMemo(() => {
    const q = search.get("q") ?? "";
    const page = Math.max(1, Number(search.get("page")) || 1);
    const size = Number(search.get("size")) || firstSize;
    const sort = search.get("sort") ?? firstSort;
    const first = JSON.parse(firstFilters) as Record<string, string>;
    const filters: Record<string, string> = {};
    for (const name of known ? known.split(" ") : []) {
      const value = search.get(name) ?? first[name];
      if (value && value !== ALL) filters[name] = value;
    }
    return {
      q,
      page,
      size,
      sort,
      filters,
      query: { ...filters, q, page, size, sort },
      isNarrowed: q !== "" || Object.keys(filters).some((name) => filters[name] !== first[name]),
      setSearch: (value) => change({ q: value }, true),
      setFilter: (name, value) => change({ [name]: value === (first[name] ?? null) ? null : (value ?? ALL) }),
      setPage: (value) => change({ page: value > 1 ? String(value) : null }),
      setSize: (value) => change({ size: value === firstSize ? null : String(value) }),
      toggleSort: (field) => change({ sort: sort === field ? `-${field}` : field }),
      clear: () => change(Object.fromEntries([...(known ? known.split(" ") : []), "q"].map((name) => [name, null]))),
    };
  }, [search, known, firstSort, firstSize, firstFilters, change]);
}
