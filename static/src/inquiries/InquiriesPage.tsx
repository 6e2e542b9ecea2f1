import { Button, Switch } from "@mantine/core";
import { IconFileSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { Inquiry, InquirySummary } from "../api/types/inquiries";
import { useRight } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { Choices, ClearFilters, FilterBar, FilterChip, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { ColumnsMenu } from "../ui/table/ColumnsMenu";
import { ListTable } from "../ui/table/ListTable";
import { useColumns } from "../ui/table/useColumns";
import { useAddress } from "../ui/useAddress";
import { useFormat } from "../ui/useFormat";
import { type ListState, useListState } from "../ui/useListState";
import { InquiryPanel } from "./InquiryPanel";
import { ReportDialog } from "./ReportDialog";
import { useTexts } from "./texts";
import { useInquiryColumns } from "./useInquiryColumns";

const STATES = ["asked", "waiting", "answered", "failed"] as const;
const SUBJECTS = ["bailiff", "bureau"] as const;

function Filters({ state }: { state: ListState }) {
  const say = useTexts();
  return (
    <>
      <SearchInput state={state} label={say("search")} />
      <Choices
        state={state}
        name="subject"
        label={say("columns.subject")}
        all={say("all")}
        choices={SUBJECTS.map((value) => ({ value, title: say(`subjects.${value}`) }))}
      />
      <Choices
        state={state}
        name="state"
        label={say("columns.state")}
        all={say("all")}
        choices={STATES.map((value) => ({ value, title: say(`states.${value}`) }))}
      />
      <Switch
        label={say("newsOnly")}
        checked={state.filters["news"] === "true"}
        onChange={(event) => state.setFilter("news", event.currentTarget.checked ? "true" : null)}
      />
      {state.filters["loan"] && <FilterChip onRemove={() => state.setFilter("loan", null)}>{say("loanChip")}</FilterChip>}
      <ClearFilters state={state} />
    </>
  );
}

function Actions() {
  const say = useTexts();
  const isAdmin = useRight("admin");
  const mayReport = useRight("inquiry.report");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      {isAdmin && (
        <Button component={Link} to="/outbox/providers" variant="default">
          {say("manage")}
        </Button>
      )}
      {mayReport && (
        <Button variant="default" onClick={() => setOpen(true)}>
          {say("report.title")}
        </Button>
      )}
      {isOpen && <ReportDialog onClose={() => setOpen(false)} />}
    </>
  );
}

/** What bailiffs and the credit bureau were asked, and what they answered. */
export default function InquiriesPage() {
  const say = useTexts();
  const { money } = useFormat();
  const state = useListState({ filters: ["state", "subject", "provider", "loan", "news"], sort: "-asked_at", size: 50 });
  const [search, put] = useAddress();
  const chosen = Number(search.get("inquiry")) || null;
  const list = useGet<PageOf<Inquiry>>("/inquiries", { query: state.query, keep: true, every: 10_000 });
  const { data: summary } = useGet<InquirySummary>("/inquiries/summary", { every: 20_000 });
  const columns = useInquiryColumns(chosen !== null);
  const table = useColumns("inquiries", columns);
  const isSandbox = summary?.live.length === 0;
  return (
    <Page
      title={say("title")}
      crumb={{ title: say("outbox"), to: "/outbox" }}
      flush
      state={
        <>
          {isSandbox && <span className="ks-muted">{say("sandbox")}</span>}
          {summary !== undefined && summary.cost > 0 && <span className="ks-muted">{say("cost", { sum: money(summary.cost) })}</span>}
        </>
      }
      actions={<Actions />}
      filter={
        <FilterBar
          end={
            <>
              <ColumnsMenu columns={columns} {...table} />
              <ExportMenu path="/inquiries" query={state.query} total={list.data?.more ? Infinity : list.data?.total} />
            </>
          }
        >
          <Filters state={state} />
        </FilterBar>
      }
      side={chosen && <InquiryPanel key={chosen} inquiryId={chosen} onClose={() => put("inquiry", null)} />}
    >
      <ListTable
        label={say("title")}
        columns={table.shown}
        list={list}
        state={state}
        onOpen={(row) => put("inquiry", row.id)}
        isSelected={(row) => row.id === chosen}
        nothingFound={say("nothingFound")}
        empty={
          <EmptyState icon={IconFileSearch} title={say("empty")}>
            <p>{say("emptyText")}</p>
          </EmptyState>
        }
      />
    </Page>
  );
}
