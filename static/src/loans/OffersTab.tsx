import { Button, Group } from "@mantine/core";
import { api } from "../api/client";
import type { LoanFacts, Offer } from "../api/types/loans";
import { useRight } from "../app/me";
import { ProlongOffer } from "../servicing/ProlongOffer";
import { confirm } from "../ui/confirm";
import { StateBadge } from "../ui/StateBadge";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { useAct } from "../ui/useAct";
import { Instant } from "../ui/Values";
import { useTexts } from "./texts";

function Answer({ offer }: { offer: Offer }) {
  const say = useTexts();
  const mayAnswer = useRight("signal.record");
  const act = useAct((accepted: boolean) => api.post(`/offers/${offer.id}/answer`, { accepted }), {
    refresh: ["/loans", "/tasks"],
    done: say("offers.answered"),
  });
  if (offer.state !== "open" || !mayAnswer) return null;
  const answer = async (accepted: boolean) => {
    const question = accepted ? say("offers.acceptTitle") : say("offers.declineTitle");
    if (await confirm({ title: question, text: say("offers.answerText"), action: accepted ? say("offers.accept") : say("offers.decline") })) act.mutate(accepted);
  };
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Button size="compact-sm" variant="light" loading={act.isPending} onClick={() => void answer(true)}>
        {say("offers.accept")}
      </Button>
      <Button size="compact-sm" variant="default" disabled={act.isPending} onClick={() => void answer(false)}>
        {say("offers.decline")}
      </Button>
    </Group>
  );
}

export function OffersTab({ loan, offers }: { loan: LoanFacts; offers: readonly Offer[] }) {
  const say = useTexts();
  const what = (offer: Offer) => {
    if (offer.kind === "prolongation") return say("offers.prolongation", { count: offer.size });
    if (offer.kind === "restructuring") return say("offers.restructuring", { count: offer.size });
    return offer.kind === "discount" ? say("offers.discount", { size: offer.size }) : offer.kind;
  };
  const columns: Column<Offer>[] = [
    { key: "what", title: say("offers.what"), card: "title", render: what },
    { key: "made", title: say("offers.made"), render: (row) => <Instant value={row.made_at} /> },
    { key: "until", title: say("offers.until"), render: (row) => <Instant value={row.expires_at} /> },
    { key: "state", title: say("offers.state"), card: "aside", render: (row) => <StateBadge of="offer" state={row.state} /> },
    { key: "answer", title: "", align: "right", render: (row) => (row.state === "open" ? <Answer offer={row} /> : <ProlongOffer offer={row} loan={loan} />) },
  ];
  return (
    <DataTable
      label={say("tabs.offers")}
      columns={columns}
      rows={offers}
      rowKey={(row) => row.id}
      empty={
        <EmptyState compact title={say("offers.empty")}>
          <p>{say("offers.emptyText")}</p>
        </EmptyState>
      }
    />
  );
}
