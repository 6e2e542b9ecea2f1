/** Databases of other systems that are read. */
import type { IsoInstant } from "../types";
import type { Mapping } from "./imports";

export interface SqlSource {
  id: number;
  name: string;
  kind: string;
  enabled: boolean;
  /** Without its password. */
  address: string;
  query: string;
  mapping: Mapping;
  growing: string | null;
  reached: string | null;
  partial: boolean;
  every: number | null;
  starting: number;
  next_at: IsoInstant | null;
  changed_at: IsoInstant;
  changed_by: string;
  last: {
    import_id: number;
    state: string;
    started_at: IsoInstant;
    rows_added: number;
    rows_updated: number;
    rows_wrong: number;
    message: string | null;
  } | null;
}
