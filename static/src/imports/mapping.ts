import type { Mapping, MappingSource, Described, UploadTarget } from "../api/types/imports";

/** Whether the target gets a value: from a column, or the same for all rows. */
export function isFed(source: MappingSource | undefined): boolean {
  return Boolean(source?.column) || hasConstant(source);
}

export function hasConstant(source: MappingSource | undefined): boolean {
  return source?.constant !== undefined && source.constant !== null && String(source.constant).trim() !== "";
}

/** Only targets that get a value, each with the options that its type knows. */
export function chosen(mapping: Mapping): Mapping {
  const fed = Object.entries(mapping).filter(([, source]) => isFed(source));
  return Object.fromEntries(fed.map(([key, source]) => [key, withoutNothing(source)]));
}

function withoutNothing(source: MappingSource): MappingSource {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== null && value !== undefined && value !== ""));
}

export function missing(upload: Described, mapping: Mapping): UploadTarget[] {
  return upload.targets.filter((target) => target.required && !isFed(mapping[target.key]));
}

/** Columns of the file that become nothing. */
export function unused(upload: Described, mapping: Mapping): string[] {
  const used = new Set(Object.values(mapping).map((source) => source.column));
  return upload.columns.map((column) => column.name).filter((name) => !used.has(name));
}
