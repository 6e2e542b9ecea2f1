import type { NewsDelivery } from "../api/types/webhooks";
import { useTexts } from "./texts";

/** What the other side said last, or why it said nothing. */
export function answerOf({ answer, reason_text }: NewsDelivery): string | null {
  return reason_text ?? answer;
}

/** How it ended; results of tasks are the scenarios' own. */
export function useOutcome(): (outcome: string | null) => string {
  const say = useTexts();
  return (outcome) => (outcome ? say.known(`outcomes.${outcome}`, outcome) : "–");
}
