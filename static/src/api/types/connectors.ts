/** Outside systems that messages leave through. */
import type { IsoInstant, Kopecks, SettingField } from "../types";

export interface ConnectorCounts {
  sent: number;
  failed: number;
  retried: number;
  delivered: number;
  undelivered: number;
  cost: Kopecks;
}

export interface ConnectorAnswer {
  at: IsoInstant;
  kind: "accepted" | "refused" | "uncertain" | "lost";
  text: string;
}

export interface Connector {
  key: string;
  title: string;
  help: string;
  channels: string[];
  is_sandbox: boolean;
  /** Where its other side tells us of messages; null when it is asked. */
  path: string | null;
  mode: "sandbox" | "live";
  /** Its secrets cannot be opened any more. */
  sealed: boolean;
  /** Messages a second; null: as fast as it goes. */
  rate: number | null;
  batch: number;
  tariff: Kopecks;
  by_part: boolean;
  /** Empty for those who may not set it up. */
  fields: SettingField[];
  changed_at: IsoInstant | null;
  changed_by: string | null;
  breaker: "closed" | "open" | "half_open";
  failures: number;
  retry_at: IsoInstant | null;
  paused_until: IsoInstant | null;
  good_at: IsoInstant | null;
  bad_at: IsoInstant | null;
  answers: ConnectorAnswer[];
  waiting: number;
  hours: (ConnectorCounts & { hour: IsoInstant })[];
  day: ConnectorCounts;
  refused_day: number;
}
