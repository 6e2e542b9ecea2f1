import { defineTexts } from "../i18n/texts";
import en from "./locales/en.json";
import ru from "./locales/ru.json";

export const useTexts = defineTexts("policies", en, ru);
