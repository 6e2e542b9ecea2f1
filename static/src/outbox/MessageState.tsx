import { toneOf } from "../ui/StateBadge";
import { Label } from "../ui/Tone";
import { useTexts } from "./texts";

/** The state of a message in words and in its colour. */
export function MessageState({ state }: { state: string }) {
  const say = useTexts();
  const tone = state === "delivered" ? "good" : state === "undelivered" ? "bad" : toneOf(state);
  return <Label tone={tone}>{say.known(`states.${state}`)}</Label>;
}
