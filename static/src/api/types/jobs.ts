/** Long work. */
import type { IsoInstant } from "../types";

export interface Job {
  id: number;
  kind: string;
  title: string;
  state: string;
  cancel_asked: boolean;
  /** Its worker gives no sign of life. */
  silent: boolean;
  done: number;
  total: number | null;
  actor: string;
  created_at: IsoInstant;
  started_at: IsoInstant | null;
  finished_at: IsoInstant | null;
  /** When the row goes, and its file. */
  expires_at: IsoInstant | null;
  attempts: number;
  error: string | null;
  file: { name: string; size: number; rows: number } | null;
  import_id: number | null;
  may_cancel: boolean;
  may_repeat: boolean;
  may_download: boolean;
}
