import { defineTexts } from "../i18n/texts";
import en from "./locales/en.json";
import ru from "./locales/ru.json";

const useTexts = defineTexts("regions", en, ru);

/** The name of a region by its ISO 3166-2 code; a code that is not known is shown as it is. */
export function useRegionName(): (code: string | null) => string {
  const say = useTexts();
  return (code) => (code ? say.known(code, code) : "–");
}

/** Every region with its name, by name. */
export function useRegionChoices(): { value: string; label: string }[] {
  const say = useTexts();
  return Object.keys(en)
    .map((code) => ({ value: code, label: say.known(code) }))
    .sort((one, other) => one.label.localeCompare(other.label));
}
