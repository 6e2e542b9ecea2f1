import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type ApiError } from "../api/client";
import type { LoanFacts } from "../api/types/loans";
import { useRight } from "../app/me";
import { notifyDone } from "../ui/notify";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { Condition } from "./Condition";
import { Fields } from "./Fields";
import { type Asked, chargesOf, type Desk, initial, isComplete, type Kind, type Prospect } from "./model";
import { Outlook } from "./Outlook";
import { useTexts } from "./texts";

interface Done {
  waits: boolean;
  ended_cases: number;
}

interface Props {
  kind: Kind;
  loan: LoanFacts;
  desk: Desk;
  /** What the form begins with instead of the usual. */
  preset?: Asked;
  onClose: () => void;
  onPay?: (amount: number) => void;
  onKind?: (kind: Kind) => void;
}

/** One change of a loan: what is asked for, what it would come to, and then it is done or asked of a second person. */
export default function ChangeDialog({ kind, loan, desk, preset, onClose, onPay, onKind }: Props) {
  const say = useTexts();
  const ui = useUiTexts();
  const takesPayment = useRight("payment.record") && kind === "prolonged" && chargesOf(desk) > 0;
  const [asked, setAsked] = useState<Asked>(() => ({ ...initial(kind, desk), ...(takesPayment && { pays: chargesOf(desk) }), ...preset }));
  const isReady = isComplete(asked);
  const body = JSON.stringify({ kind, asked });
  const [settled] = useDebouncedValue(body, 300);
  const preview = useQuery<Prospect, ApiError>({
    queryKey: ["/servicing/preview", loan.id, settled],
    queryFn: () => api.post<Prospect>(`/servicing/loans/${loan.id}/preview`, JSON.parse(settled)),
    enabled: isReady && settled === body,
    retry: false,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const change = useAct(() => api.post<Done>(`/servicing/loans/${loan.id}/changes`, { kind, asked }), {
    refresh: ["/loans", "/servicing", "/home", "/tasks"],
    quiet: true,
    onDone: (done) => {
      notifyDone(done.waits ? say("asked") : say("done", { count: done.ended_cases }));
      onClose();
    },
  });
  const needsApproval = kind === "restructured" || kind === "sold" || kind === "written_off";
  const isCertain = isReady && settled === body && preview.data !== undefined && !preview.isFetching && !preview.error;
  const refusal = settled === body && isReady && preview.error?.code.startsWith("amendment.") ? preview.error : null;
  const error = change.error ?? (settled === body && !refusal ? preview.error : null);
  return (
    <Modal opened onClose={onClose} title={say(`kinds.${kind}`)} size="lg" closeButtonProps={{ "aria-label": ui("close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isCertain) change.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {say(`about.${kind}`)}
          </Text>
          <Fields kind={kind} desk={desk} asked={asked} onChange={setAsked} />
          {error && <ErrorState compact error={error} />}
          {refusal && !error && <Condition refusal={refusal} desk={desk} {...(onPay && { onPay })} {...(onKind && { onKind })} />}
          {isReady && !error && !refusal && preview.data && <Outlook prospect={preview.data} isStale={!isCertain} />}
          {needsApproval && (
            <Text size="sm" c="dimmed">
              {say("needsApproval")}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" disabled={!isCertain} loading={change.isPending}>
              {needsApproval ? say("ask") : say(takesPayment ? "act.prolongedPaid" : `act.${kind}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
