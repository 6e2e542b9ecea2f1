import type { ApplicationState as State } from "../api/types/applications";
import { Label, type Tone } from "../ui/Tone";
import { useTexts } from "./texts";

const TONES: Readonly<Record<State, Tone>> = { waiting: "warn", approved: "accent", confirming: "warn", issued: "good", refused: "bad", withdrawn: "quiet" };

/** The state of an application, in words and colour. */
export function ApplicationState({ state }: { state: State }) {
  const say = useTexts();
  return <Label tone={TONES[state]}>{say(`states.${state}`)}</Label>;
}
