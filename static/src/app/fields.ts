import { useGet } from "../api/client";
import { useRight } from "./me";

interface Fields {
  fields: { name: string; values?: { name: string; label: string }[] | null }[];
}

/** The values that a field of the catalogue may have, with their names: products, regions, channels. */
export function useFieldValues(): (field: string) => { value: string; label: string }[] {
  const { data } = useGet<Fields>("/fields", { enabled: useRight("scenario.read") });
  return (field) => data?.fields.find((one) => one.name === field)?.values?.map(({ name, label }) => ({ value: name, label })) ?? [];
}
