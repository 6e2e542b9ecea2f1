import type { Named } from "./details";
import type { useTexts } from "./texts";

/** The words for the keys of details in the language of the page; an unknown key stands for itself. */
export function named(say: ReturnType<typeof useTexts>): Named {
  return { name: (key) => say.known(`details.${key}`, key), yes: say("yes"), no: say("no") };
}
