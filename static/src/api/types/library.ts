/** The library of message templates. */
import type { IsoInstant, Kopecks, Language, Named, Problem } from "../types";

export interface Said {
  subject: string;
  body: string;
}

/** Null: nothing is written in that language. */
export type Texts = Record<Language, Said | null>;

export interface TemplateHead {
  id: number;
  key: string;
  title: string;
  channel: string;
  /** Number of the newest. */
  revision: number;
  archived_at: IsoInstant | null;
  archived_by: string | null;
}

export interface Revision {
  number: number;
  texts: Texts;
  note: string;
  restored: number | null;
  made_by: string;
  made_at: IsoInstant;
}

export interface TemplateItem extends TemplateHead, Revision {
  scenarios: number;
}

export type NamedRevision = TemplateHead & Revision;

export interface Use {
  scenario: Named;
  where: "live" | "review" | "draft";
  step: string;
  revision: number;
}

export interface TemplateCard extends TemplateHead {
  revisions: Revision[];
  uses: Use[];
}

export interface Piece {
  kind: "same" | "gone" | "new";
  text: string;
}

export interface ChangedText {
  subject: Piece[];
  body: Piece[];
}

export interface SmsLength {
  characters: number;
  encoding: string;
  segments: number;
  room: number;
  odd: string | null;
}

export interface Look {
  problems: Problem[];
  loan: { id: number; external_id: string; dpd: number; name: string | null; language: Language } | null;
  texts: Record<Language, { subject: string; body: string; length: SmsLength | null } | null>;
  /** Of one part of an SMS; 0: nobody said. */
  segment_price: Kopecks;
}

export interface LibraryOptions {
  channels: { key: string; title: string; longest: number; longest_subject: number | null }[];
  languages: { key: Language; title: string }[];
  variables: { key: string; title: string; example: string }[];
}

/** A message of a version as it will be sent; a text without a language goes to every borrower. */
export interface SentMessage {
  node: string;
  label: string;
  channel: string;
  source: { id: number; title: string; revision: number; note: string; made_by: string; made_at: IsoInstant } | null;
  texts: { language: Language | null; subject: string; body: string; problems: Problem[]; changed: ChangedText | null }[];
  state: "same" | "new" | "changed" | "gone";
}
