import { Tabs } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useSearchParams } from "react-router";
import type { LoanCard } from "../api/types/loans";
import { useRight } from "../app/me";
import { LedgerTab } from "../ledger/LedgerTab";
import { CardSkeletons } from "../ui/states";
import { useFormat } from "../ui/useFormat";
import { CasesTab } from "./CasesTab";
import classes from "./Loan.module.css";
import { OffersTab } from "./OffersTab";
import { PaymentsTab } from "./PaymentsTab";
import { PromisesTab } from "./PromisesTab";
import { ScheduleTab } from "./ScheduleTab";
import { TasksTab } from "./TasksTab";
import { useTexts } from "./texts";

const InquiriesTab = lazy(() => import("../inquiries/InquiriesTab"));
const NAMES = ["schedule", "ledger", "payments", "cases", "offers", "promises", "tasks", "inquiries"] as const;

/** What belongs to the loan; which tab is open stands in the address. */
export function LoanTabs({ card }: { card: LoanCard }) {
  const say = useTexts();
  const { number } = useFormat();
  const [search, setSearch] = useSearchParams();
  const counts: Record<(typeof NAMES)[number], number> = {
    schedule: card.instalments.length,
    ledger: 0,
    payments: card.payments.length,
    cases: card.cases.length,
    offers: card.offers.length,
    promises: card.promises.length,
    tasks: card.tasks.length,
    inquiries: 0,
  };
  const mayInquire = useRight("inquiry.read");
  const isShown = { ledger: card.loan.servicing === "ledger", inquiries: mayInquire };
  const shown = NAMES.filter((name) => (name === "ledger" || name === "inquiries" ? isShown[name] : true));
  const open = (tab: string | null) => setSearch(tab && tab !== "schedule" ? { tab } : {}, { replace: true });
  return (
    <Tabs className={classes.tabs} value={search.get("tab") ?? "schedule"} onChange={open} keepMounted={false}>
      <Tabs.List className={classes.tabList}>
        {shown.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {say(`tabs.${name}`)} {counts[name] > 0 && <span className="ks-muted">{number(counts[name])}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="schedule">
        <ScheduleTab instalments={card.instalments} />
      </Tabs.Panel>
      <Tabs.Panel value="ledger">
        <LedgerTab loanId={card.loan.id} state={card.loan.state} />
      </Tabs.Panel>
      <Tabs.Panel value="payments">
        <PaymentsTab loan={card.loan} payments={card.payments} />
      </Tabs.Panel>
      <Tabs.Panel value="cases">
        <CasesTab loanId={card.loan.id} cases={card.cases} />
      </Tabs.Panel>
      <Tabs.Panel value="offers">
        <OffersTab loan={card.loan} offers={card.offers} />
      </Tabs.Panel>
      <Tabs.Panel value="promises">
        <PromisesTab promises={card.promises} />
      </Tabs.Panel>
      <Tabs.Panel value="tasks">
        <TasksTab tasks={card.tasks} />
      </Tabs.Panel>
      <Tabs.Panel value="inquiries">
        <Suspense fallback={<CardSkeletons cards={1} height={120} />}>
          <InquiriesTab loanId={card.loan.id} />
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  );
}
