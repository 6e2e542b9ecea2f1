import type { Named } from "./details";
import type { useTexts } from "./texts";

/** The words for the keys and codes of details in the language of the page; an unknown one stands for itself. */
export function named(say: ReturnType<typeof useTexts>): Named {
  return {
    name: (key) => say.known(`details.${key}`, key),
    value: (key, code) => say.known(`values.${key}.${code.replaceAll(".", "_")}`, code),
    yes: say("yes"),
    no: say("no"),
  };
}
