import type { IncomingItem } from "../api/types/incoming";
import { Label, type Tone } from "../ui/Tone";
import { useTexts } from "./texts";

const TONES: Readonly<Record<IncomingItem["state"], Tone>> = { unmatched: "warn", credited: "good", dismissed: "quiet", noted: "quiet" };

/** The state of an incoming payment, in words and colour. */
export function IncomingState({ state }: { state: IncomingItem["state"] }) {
  const say = useTexts();
  return <Label tone={TONES[state]}>{say(`states.${state}`)}</Label>;
}
