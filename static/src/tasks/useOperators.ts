import { useGet } from "../api/client";

interface Operators {
  items: { name: string; full_name: string }[];
}

/** Whom a task can be given to, as a select offers them. */
export function useOperators(): { value: string; label: string }[] {
  const { data } = useGet<Operators>("/operators");
  return (data?.items ?? []).map((one) => ({ value: one.name, label: one.full_name || one.name }));
}
