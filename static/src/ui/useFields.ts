import { useGet } from "../api/client";

interface Fields {
  fields: { name: string; values?: { name: string; label: string }[] | null }[];
}

/** The values that a field of the catalogue may have, with their names: products, regions, channels. */
export function useFieldValues(enabled = true): (field: string) => { value: string; label: string }[] {
  const { data } = useGet<Fields>("/fields", { enabled });
  return (field) => data?.fields.find((one) => one.name === field)?.values?.map(({ name, label }) => ({ value: name, label })) ?? [];
}
