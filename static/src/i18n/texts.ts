import { useTranslation } from "react-i18next";
import { i18next } from "./i18n";

type PluralForm = "zero" | "one" | "two" | "few" | "many" | "other";
type WithoutPlural<Key extends string> = Key extends `${infer Stem}_${PluralForm}` ? Stem : Key;

/** Every dotted path to a text; the plural suffixes of i18next are no part of the key. */
export type TextKey<Texts> = {
  [Key in keyof Texts & string]: Texts[Key] extends string
    ? WithoutPlural<Key>
    : `${Key}.${TextKey<Texts[Key]>}`;
}[keyof Texts & string];

export type TextValues = Readonly<Record<string, string | number>>;

export interface Say<Key extends string> {
  (key: Key, values?: TextValues): string;
  /** The text for a key that is only known at run time (a state, a code); `otherwise` or the key when there is none. */
  known: (key: string, otherwise?: string) => string;
}

const said = new Map<string, Say<string>>();

/** One function per namespace and language, so that its identity changes only with the language. */
function sayIn(namespace: string, language: string): Say<string> {
  const known = said.get(`${language} ${namespace}`);
  if (known) return known;
  const say = (key: string, values?: TextValues) => i18next.t(key, { ns: namespace, lng: language, ...values });
  const made = Object.assign(say, {
    known: (key: string, otherwise?: string) =>
      i18next.exists(key, { ns: namespace }) ? say(key) : (otherwise ?? key.slice(key.lastIndexOf(".") + 1)),
  });
  said.set(`${language} ${namespace}`, made);
  return made;
}

/**
 * Register a feature's texts and get its hook: `export const useTexts = defineTexts("loans", en, ru)`.
 * The texts travel in the feature's own chunk; keys are checked against the English file.
 */
export function defineTexts<const Texts extends object>(namespace: string, en: Texts, ru: object): () => Say<TextKey<Texts>> {
  i18next.addResourceBundle("en", namespace, en, true, true);
  i18next.addResourceBundle("ru", namespace, ru, true, true);
  return function useTexts(): Say<TextKey<Texts>> {
    const { i18n } = useTranslation(namespace);
    return sayIn(namespace, i18n.language);
  };
}
