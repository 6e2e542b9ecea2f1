import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import "@mantine/dates/styles.css";
import { DateTimePicker } from "@mantine/dates";
import { useState } from "react";
import { api } from "../api/client";
import type { LoanFacts } from "../api/types/loans";
import { instantFromLocal, localDay } from "../ui/localTime";
import { MoneyInput } from "../ui/MoneyInput";
import { notifyDone } from "../ui/notify";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { useTexts } from "./texts";

interface Recorded {
  payment_id: number;
  cured: boolean;
  ended_cases: number;
}

/** A payment that came outside the usual way. It is taken over at once: a cured loan leaves its scenarios. */
export function PaymentDialog({ loan, due, asked, onClose }: { loan: LoanFacts; due: number | null; asked?: number; onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const { money, language } = useFormat();
  const [amount, setAmount] = useState<number | null>(asked ?? (loan.overdue > 0 ? loan.overdue : due));
  const [paidAt, setPaidAt] = useState("");
  const [number, setNumber] = useState("");
  const record = useAct(
    () =>
      api.post<Recorded>(`/loans/${loan.id}/payments`, {
        amount,
        ...(paidAt && { paid_at: instantFromLocal(paidAt) }),
        ...(number.trim() && { external_id: number.trim() }),
      }),
    {
      refresh: ["/loans", "/servicing", "/home", "/tasks"],
      quiet: true,
      onDone: (done) => {
        notifyDone(done.cured ? say("payment.cured", { count: done.ended_cases }) : say("payment.done"));
        onClose();
      },
    },
  );
  return (
    <Modal opened onClose={onClose} title={say("payment.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (amount) record.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {say("payment.text", { loan: loan.external_id, overdue: money(loan.overdue) })}
          </Text>
          <MoneyInput label={say("payment.amount")} value={amount} onChange={setAmount} required data-autofocus />
          <DateTimePicker
            label={say("payment.at")}
            description={say("payment.atHelp")}
            clearable
            value={paidAt || null}
            onChange={(value) => setPaidAt(value?.replace(" ", "T") ?? "")}
            valueFormat="DD.MM.YYYY HH:mm"
            locale={language}
            firstDayOfWeek={1}
            maxDate={localDay(1)}
            clearButtonProps={{ "aria-label": ui("clear") }}
            submitButtonProps={{ "aria-label": ui("save") }}
          />
          <TextInput
            label={say("payment.number")}
            description={say("payment.numberHelp")}
            value={number}
            maxLength={64}
            onChange={(event) => setNumber(event.currentTarget.value)}
          />
          {record.error && <ErrorState compact error={record.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" disabled={!amount} loading={record.isPending}>
              {say("payment.action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
