import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useGet } from "../api/client";
import type { LoanFacts, Offer } from "../api/types/loans";
import { useRight } from "../app/me";
import { dayOf } from "../ui/localTime";
import { type Desk, termOf } from "./model";
import { useTexts } from "./texts";

const ChangeDialog = lazy(() => import("./ChangeDialog"));

/** The borrower accepted a prolongation, and the loan was not prolonged since: it can be done here, by what was offered. */
export function ProlongOffer({ offer, loan }: { offer: Offer; loan: LoanFacts }) {
  const say = useTexts();
  const isDue = offer.kind === "prolongation" && offer.state === "accepted" && loan.servicing === "ledger" && loan.state === "open";
  const mayChange = useRight("loan.amend") && isDue;
  const { data: desk } = useGet<Desk>(`/servicing/loans/${loan.id}`, { enabled: mayChange });
  const [isOpen, setOpen] = useState(false);
  if (!mayChange || !desk || desk.product_kind !== "bullet" || !offer.answered_at) return null;
  if (desk.prolonged_on && desk.prolonged_on >= dayOf(offer.answered_at)) return null;
  const term = termOf(offer.size, desk.unit);
  return (
    <>
      <Button size="compact-sm" variant="light" onClick={() => setOpen(true)}>
        {say("act.prolonged")}…
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <ChangeDialog kind="prolonged" loan={loan} desk={desk} {...(term && { preset: { term } })} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
