import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** The values in the address, and a way to put one there; null takes it out. What stands open has a link this way, and Back closes it. */
export function useAddress(): [URLSearchParams, (name: string, value: string | number | null) => void] {
  const [search, setSearch] = useSearchParams();
  const put = useCallback(
    (name: string, value: string | number | null) =>
      setSearch((former) => {
        const next = new URLSearchParams(former);
        if (value) next.set(name, String(value));
        else next.delete(name);
        return next;
      }),
    [setSearch],
  );
  return [search, put];
}
