/** Who did what. */
import type { IsoInstant } from "../types";

export interface AuditEntry {
  id: number;
  at: IsoInstant;
  actor: string;
  action: string;
  subject_type: string;
  subject_id: string | null;
  details: Record<string, unknown>;
}
