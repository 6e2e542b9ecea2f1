/** Bailiffs and the credit bureau: what was asked, what was answered, whom one may ask. */
import type { IsoDay, IsoInstant, Kopecks, PersonNamed, SettingField } from "../types";

export type InquirySubject = "bailiff" | "bureau";

export interface Inquiry {
  id: number;
  subject: InquirySubject;
  subject_title: string;
  state: "asked" | "waiting" | "answered" | "failed";
  loan: { id: number; external_id: string };
  borrower: PersonNamed;
  asked_at: IsoInstant;
  /** Null: a scenario asked. */
  asked_by: string | null;
  provider: string | null;
  provider_title: string | null;
  due_at: IsoInstant;
  attempts: number;
  sent_at: IsoInstant | null;
  answered_at: IsoInstant | null;
  outcome: string | null;
  outcome_text: string | null;
  /** The loan's scenarios were told. */
  is_news: boolean;
  cost: Kopecks | null;
  error: string | null;
  error_text: string | null;
  /** The answer in words. */
  lines: string[];
  said: string | null;
}

/** What is known before somebody asks about a loan. */
export interface AskingFacts {
  consent_on: IsoDay | null;
  has_passport: boolean;
  going: InquirySubject[];
  live: InquirySubject[];
}

export interface InquirySummary {
  asked: number;
  waiting: number;
  failed: number;
  cost: Kopecks;
  live: InquirySubject[];
  providers: { key: string; title: string }[];
}

export interface InquiryProvider {
  key: string;
  title: string;
  help: string;
  subject: InquirySubject;
  subject_title: string;
  enabled: boolean;
  sealed: boolean;
  fields: SettingField[];
  quotas: { kind: "single" | "group"; most: number; seconds: number; used: number }[];
  paused_until: IsoInstant | null;
  trouble_text: string | null;
  changed_at: IsoInstant | null;
  changed_by: string | null;
}
