import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { asLanguage } from "../i18n/i18n";
import * as format from "./format";

/** The functions of format.ts, bound to the language of the page. */
export function useFormat() {
  const language = asLanguage(useTranslation().i18n.language);
  return useMemo(
    () => ({
      language,
      number: (value: number, digits?: number) => format.number(value, language, digits),
      percent: (share: number, digits?: number) => format.percent(share, language, digits),
      money: (kopecks: number) => format.money(kopecks, language),
      moneyShort: (kopecks: number) => format.moneyShort(kopecks, language),
      moneyAxis: (kopecks: number) => format.moneyAxis(kopecks, language),
      instant: (value: string) => format.instant(value, language),
      instantFull: (value: string) => format.instantFull(value, language),
      day: (value: string) => format.day(value, language),
      dayFull: (value: string) => format.dayFull(value, language),
      span: (seconds: number) => format.span(seconds, language),
      fileSize: (bytes: number) => format.fileSize(bytes, language),
    }),
    [language],
  );
}

export type Format = ReturnType<typeof useFormat>;
