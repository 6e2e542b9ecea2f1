import { defineTexts } from "../i18n/texts";
import en from "./locales/en.json";
import ru from "./locales/ru.json";

const useTexts = defineTexts("regions", en, ru);

/** The name of a region by its ISO 3166-2 code; a code that is not known is shown as it is. */
export function useRegionName(): (code: string | null) => string {
  const say = useTexts();
  return (code) => (code ? say.known(code, code) : "–");
}
