import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { api, useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { IncomingCard } from "../api/types/incoming";
import type { LoanListItem } from "../api/types/loans";
import { notifyDone } from "../ui/notify";
import { ErrorState } from "../ui/states";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import classes from "./Incoming.module.css";
import { useTexts } from "./texts";
import { useSum } from "./useSum";

interface Credited {
  cured: boolean;
  ended_cases: number;
}

const MOST = 6;

/** Finds the loan that a payment is for by what the payer left, and credits it there. */
export function FindLoan({ payment, onDone }: { payment: IncomingCard; onDone: () => void }) {
  const say = useTexts();
  const sum = useSum();
  const { money } = useFormat();
  const [typed, setTyped] = useState(payment.loan?.external_id ?? payment.phone ?? payment.payer ?? payment.named[0] ?? "");
  const [asked] = useDebouncedValue(typed.trim(), 250);
  const [loan, setLoan] = useState<LoanListItem | null>(null);
  const found = useGet<PageOf<LoanListItem>>("/loans", { query: { q: asked, size: MOST }, enabled: asked.length > 1, keep: true });
  const loans = asked.length > 1 ? (found.data?.items ?? []) : [];
  const credit = useAct((id: number) => api.post<Credited>(`/incoming/${payment.id}/credit`, { loan_id: id }), {
    refresh: ["/incoming", "/loans", "/home", "/tasks"],
    quiet: true,
    onDone: (done) => {
      notifyDone(done.ended_cases > 0 ? say("find.cured", { count: done.ended_cases }) : say("find.done"));
      onDone();
    },
  });
  return (
    <fieldset className={classes.find}>
      <legend>{say("find.title")}</legend>
      <TextInput
        type="search"
        aria-label={say("find.label")}
        placeholder={say("find.label")}
        leftSection={<IconSearch size={15} />}
        value={typed}
        maxLength={200}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setLoan(null);
        }}
      />
      {found.error && <ErrorState compact error={found.error} />}
      {asked.length > 1 && found.data && loans.length === 0 && <p className="ks-muted">{say("find.nothing")}</p>}
      <ul className={classes.loans}>
        {loans.map((one) => (
          <li key={one.id}>
            <button type="button" className={classes.loan} aria-pressed={loan?.id === one.id} onClick={() => setLoan(one)}>
              <strong>{one.external_id}</strong>
              <span>{money(one.balance)}</span>
              <span className="ks-muted">{one.borrower.name ?? "–"}</span>
              <span className="ks-muted">{one.overdue > 0 ? say("find.overdue", { sum: money(one.overdue) }) : say("find.current")}</span>
            </button>
          </li>
        ))}
      </ul>
      {credit.error && <ErrorState compact error={credit.error} />}
      <Button disabled={!loan} loading={credit.isPending} onClick={() => loan && credit.mutate(loan.id)}>
        {loan ? say("find.chosen", { sum: sum(payment), loan: loan.external_id }) : say("find.none")}
      </Button>
    </fieldset>
  );
}
