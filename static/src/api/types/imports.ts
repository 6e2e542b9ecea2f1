/** Files that come in. */
import type { IsoInstant } from "../types";

export interface UploadTarget {
  key: string;
  title: string;
  required: boolean;
  type: string;
  help: string;
  /** How its cells may be read: the option and what it may say, the usual first. */
  options: Record<string, string[]>;
}

/** Where a target's value comes from (a column, or the same for all rows), and how its cells are read. */
export interface MappingSource {
  column?: string | null;
  constant?: string | number | null;
  /** What a cell says, and what is read instead; null reads nothing. */
  values?: Record<string, string | number | null>;
  [option: string]: unknown;
}

export interface Mapping {
  [target: string]: MappingSource;
}

/** What rows hold, what it may become, and what is proposed. */
export interface Described {
  kind: string;
  encoding: string | null;
  separator: string | null;
  sheet: string | null;
  sheets: string[];
  format: string;
  columns: { name: string; samples: (string | null)[] }[];
  targets: UploadTarget[];
  mapping: Mapping;
  remembered: boolean;
  /** Targets whose name several columns have, and the words for it. */
  doubts: Record<string, string>;
}

export interface Upload extends Described {
  upload_id: string;
  file_name: string;
  size: number;
}

export interface ImportItem {
  id: number;
  kind: string;
  file_name: string;
  state: string;
  dry_run: boolean;
  actor: string;
  started_at: IsoInstant;
  finished_at: IsoInstant | null;
  rows_read: number;
  rows_total: number | null;
  rows_added: number;
  rows_updated: number;
  rows_wrong: number;
  message: string | null;
  /** The job that brings it in; null when a command did. */
  job_id: number | null;
}

export interface ImportProblem {
  row: number;
  column: string | null;
  value: string | null;
  code: string;
  text: string;
}

export interface ImportCard extends ImportItem {
  mapping: Mapping;
  problems: ImportProblem[];
}
