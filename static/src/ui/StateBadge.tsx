import { useUiTexts } from "./texts";
import { Label, type Tone } from "./Tone";

export type StateOf =
  | "scenario"
  | "version"
  | "task"
  | "message"
  | "import"
  | "job"
  | "loan"
  | "offer"
  | "promise"
  | "instalment"
  | "engine"
  | "batch";

const TONES: Readonly<Record<string, Tone>> = {
  live: "good",
  published: "good",
  running: "good",
  done: "good",
  sent: "good",
  kept: "good",
  accepted: "good",
  paid: "good",
  submitted: "warn",
  paused: "warn",
  late: "warn",
  sending: "accent",
  queued: "accent",
  waiting: "accent",
  open: "accent",
  returned: "bad",
  failed: "bad",
  refused: "bad",
  broken: "bad",
  stopped: "bad",
  overdue: "bad",
  declined: "warn",
  partial: "warn",
  partly_paid: "warn",
};

export function toneOf(state: string): Tone {
  return TONES[state] ?? "quiet";
}

/** The state of a thing in words and in the colour that this state has everywhere. */
export function StateBadge({ of, state, title }: { of: StateOf; state: string; title?: string }) {
  const say = useUiTexts();
  return (
    <Label tone={toneOf(state)} title={title}>
      {say.known(`states.${of}.${state}`)}
    </Label>
  );
}
