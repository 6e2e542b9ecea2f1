import { Button, Group, Modal, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, ApiError, useGet } from "../api/client";
import type { AskingFacts, InquirySubject } from "../api/types/inquiries";
import { useRight } from "../app/me";
import { CardSkeletons, ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { useTexts } from "./texts";

const SUBJECTS = ["bailiff", "bureau"] as const;

/** Why nobody can be asked now, and what is worth knowing otherwise. */
function useHints(facts: AskingFacts, subject: InquirySubject): { refusal: string | null; hints: string[] } {
  const say = useTexts();
  const { day } = useFormat();
  if (facts.going.includes(subject)) return { refusal: say("ask.going"), hints: [] };
  if (subject === "bureau" && !facts.consent_on) return { refusal: say("ask.noConsent"), hints: [] };
  const hints = subject === "bureau" && facts.consent_on ? [say("ask.consent", { day: day(facts.consent_on) })] : [];
  return { refusal: null, hints: facts.live.includes(subject) ? hints : [...hints, say("ask.sandbox")] };
}

function Form({ loanId, facts, onClose }: { loanId: number; facts: AskingFacts; onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const mayType = useRight("person.read");
  const [subject, setSubject] = useState<InquirySubject>("bailiff");
  const [passport, setPassport] = useState("");
  const { refusal, hints } = useHints(facts, subject);
  const isBureau = subject === "bureau";
  const send = useAct(() => api.post("/inquiries", { loan_id: loanId, subject, ...(isBureau && passport.trim() && { passport: passport.trim() }) }), {
    refresh: ["/inquiries"],
    quiet: true,
    done: say("ask.done"),
    onDone: onClose,
  });
  const problems = send.error instanceof ApiError ? send.error.problems : [];
  const wrong = problems.find((problem) => problem.field === "passport")?.text;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!refusal) send.mutate(undefined);
      }}
    >
      <Stack gap="sm">
        <SegmentedControl
          aria-label={say("ask.whom")}
          value={subject}
          onChange={(chosen) => setSubject(chosen === "bureau" ? "bureau" : "bailiff")}
          data={SUBJECTS.map((value) => ({ value, label: say(`subjects.${value}`) }))}
        />
        {refusal && (
          <Text size="sm" role="alert">
            {refusal}
          </Text>
        )}
        {hints.map((hint) => (
          <Text key={hint} size="sm" c="dimmed">
            {hint}
          </Text>
        ))}
        {isBureau && !refusal && mayType && (
          <TextInput
            label={say("ask.passport")}
            description={say(facts.has_passport ? "ask.passportKnown" : "ask.passportHelp")}
            inputMode="numeric"
            autoComplete="off"
            maxLength={20}
            value={passport}
            error={wrong}
            onChange={(event) => setPassport(event.currentTarget.value)}
          />
        )}
        {send.error && !wrong && <ErrorState compact error={send.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {ui("cancel")}
          </Button>
          <Button type="submit" disabled={refusal !== null} loading={send.isPending}>
            {say("ask.action")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Ask the bailiffs or the bureau about a loan's borrower. */
export function AskDialog({ loanId, onClose }: { loanId: number; onClose: () => void }) {
  const say = useTexts();
  const { data: facts, error, refetch } = useGet<AskingFacts>("/inquiries/asking", { query: { loan: loanId } });
  return (
    <Modal opened onClose={onClose} title={say("ask.title")}>
      {error && !facts && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!facts && !error && <CardSkeletons cards={1} height={120} />}
      {facts && <Form loanId={loanId} facts={facts} onClose={onClose} />}
    </Modal>
  );
}
