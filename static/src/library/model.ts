import type { Language, Problem } from "../api/types";
import type { Revision, Said, TemplateCard, Texts } from "../api/types/library";

export const LANGUAGES: readonly Language[] = ["ru", "en"];
export const CHANNELS = ["sms", "email", "messenger", "robot_call", "letter"] as const;
export const EMPTY: Said = { subject: "", body: "" };
/** What the law wants in every message. */
const SIGNATURE = ["creditor_name", "creditor_phone"] as const;

/** What is being written: saved or not. */
export interface Draft {
  readonly title: string;
  readonly channel: string;
  readonly texts: Readonly<Record<Language, Said>>;
}

export function draftOf(card: TemplateCard | null): Draft {
  const [newest] = card?.revisions ?? [];
  return {
    title: card?.title ?? "",
    channel: card?.channel ?? "sms",
    texts: { ru: newest?.texts.ru ?? EMPTY, en: newest?.texts.en ?? EMPTY },
  };
}

/** The texts as the server takes them. */
export function textsOf(draft: Draft): Texts {
  const said = (text: Said) => (text.body.trim() || text.subject.trim() ? text : null);
  return { ru: said(draft.texts.ru), en: said(draft.texts.en) };
}

export function isSame(one: Draft, other: Draft): boolean {
  return JSON.stringify([one.title.trim(), one.channel, textsOf(one)]) === JSON.stringify([other.title.trim(), other.channel, textsOf(other)]);
}

export function withText(draft: Draft, language: Language, said: Partial<Said>): Draft {
  return { ...draft, texts: { ...draft.texts, [language]: { ...draft.texts[language], ...said } } };
}

/** The text with the creditor's name and phone at its end, those of them that it has not. */
export function signed(body: string): string {
  const missing = SIGNATURE.filter((name) => !new RegExp(`\\{\\{-?\\s*${name}\\b`).test(body)).map((name) => `{{ ${name} }}`);
  if (missing.length === 0) return body;
  const said = body.trimEnd();
  const between = said === "" ? "" : /[.!?,…]$/.test(said) ? " " : ". ";
  return said + between + missing.join(", ");
}

/** The problems of one part of one language, the graver first. */
export function problemsAt(problems: readonly Problem[], field: string): Problem[] {
  return problems.filter((problem) => problem.field === field).sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
}

/** Which languages a revision speaks. */
export function spokenIn(revision: Pick<Revision, "texts">): Language[] {
  return LANGUAGES.filter((language) => revision.texts[language] !== null);
}
