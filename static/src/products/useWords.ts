import { useFormat } from "../ui/useFormat";
import { type Ppm, showShare, type Span, type Unit } from "./model";
import { useTexts } from "./texts";

/** Rates and terms as people say them. */
export function useWords() {
  const say = useTexts();
  const { language, number } = useFormat();
  const share = (ppm: Ppm) => `${showShare(ppm, language)}${language === "ru" ? "\u00a0" : ""}%`;
  return {
    share,
    rate: (ppm: Ppm, per: Span) => say(`rates.${per}`, { rate: share(ppm) }),
    term: (count: number, unit: Unit) => say(`terms.${unit}`, { count, n: number(count) }),
  };
}
