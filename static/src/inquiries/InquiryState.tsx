import type { Inquiry } from "../api/types/inquiries";
import { Label, type Tone } from "../ui/Tone";
import { useTexts } from "./texts";

const TONES: Readonly<Record<Inquiry["state"], Tone>> = { asked: "accent", waiting: "accent", answered: "good", failed: "bad" };

/** How an inquiry stands, in words and colour. */
export function InquiryState({ state }: { state: Inquiry["state"] }) {
  const say = useTexts();
  return <Label tone={TONES[state]}>{say(`states.${state}`)}</Label>;
}

/** What an answer says in one word, and whether that was new. */
export function Outcome({ inquiry }: { inquiry: Inquiry }) {
  const say = useTexts();
  if (!inquiry.outcome_text) return <span className="ks-muted">–</span>;
  return (
    <>
      {inquiry.outcome_text} {inquiry.is_news && <Label tone="warn">{say("news")}</Label>}
    </>
  );
}
