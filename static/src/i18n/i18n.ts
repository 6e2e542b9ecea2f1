import "dayjs/locale/ru";
import dayjs from "dayjs";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { configureSession } from "../api/client";
import type { Language } from "../api/types";

const STORED = "kaskad.language";

export function asLanguage(value: string | null | undefined): Language {
  return value?.startsWith("ru") ? "ru" : "en";
}

function firstLanguage(): Language {
  return asLanguage(localStorage.getItem(STORED) ?? navigator.language);
}

function follow(language: string): void {
  document.documentElement.lang = language;
  dayjs.locale(language);
  configureSession({ language });
}

void i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: "en",
  initAsync: false,
  resources: {},
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
});
follow(i18next.language);

/** Speak `language` from now on, here and in what the server answers. */
export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  // The server is spoken to in the new language before any page draws itself in it and asks.
  follow(language);
  await i18next.changeLanguage(language);
}

export { i18next };
