import { Button, Select } from "@mantine/core";
import { IconCash } from "@tabler/icons-react";
import { lazy } from "react";
import { Link, useParams } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { IncomingItem, IncomingSummary } from "../api/types/incoming";
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
import { IncomingPanel } from "./IncomingPanel";
import { useTexts } from "./texts";
import { useIncomingColumns } from "./useIncomingColumns";

const SourcesPage = lazy(() => import("./SourcesPage"));
const STATES = ["unmatched", "credited", "dismissed", "noted"] as const;

function Filters({ state, summary }: { state: ListState; summary: IncomingSummary | undefined }) {
  const say = useTexts();
  return (
    <>
      <SearchInput state={state} label={say("search")} />
      <Choices
        state={state}
        name="state"
        label={say("columns.state")}
        all={say("all")}
        choices={STATES.map((value) => ({ value, title: say(`states.${value}`) }))}
      />
      <Select
        aria-label={say("columns.source")}
        placeholder={say("columns.source")}
        w={190}
        clearable
        data={(summary?.sources ?? []).map((one) => ({ value: one.key, label: one.title }))}
        value={state.filters["source"] ?? null}
        onChange={(value) => state.setFilter("source", value)}
      />
      {state.filters["loan"] && <FilterChip onRemove={() => state.setFilter("loan", null)}>{say("loanChip")}</FilterChip>}
      <ClearFilters state={state} />
    </>
  );
}

/** What payment systems told: first of all the payments that found no loan. */
function Payments() {
  const say = useTexts();
  const { number } = useFormat();
  const isAdmin = useRight("admin");
  const state = useListState({ filters: ["state", "source", "kind", "reason", "loan"], sort: "-received_at", size: 50, initial: { state: "unmatched" } });
  const [search, put] = useAddress();
  const chosen = Number(search.get("payment")) || null;
  const list = useGet<PageOf<IncomingItem>>("/incoming", { query: state.query, keep: true, every: 20_000 });
  const summary = useGet<IncomingSummary>("/incoming/summary", { every: 20_000 });
  const columns = useIncomingColumns(chosen !== null);
  const table = useColumns("incoming", columns);
  const waiting = summary.data?.unmatched ?? 0;
  const isWaiting = state.filters["state"] === "unmatched";
  // nobody waits, but not because all is dealt with
  const isQuiet = isWaiting && summary.data?.switched_on !== false;
  return (
    <Page
      title={isWaiting ? say("title") : say("everything")}
      flush
      state={waiting > 0 && <span className="ks-muted">{say("waiting", { count: waiting, n: number(waiting) })}</span>}
      actions={
        isAdmin && (
          <Button component={Link} to="/incoming/sources" variant="default">
            {say("sources")}
          </Button>
        )
      }
      filter={
        <FilterBar
          end={
            <>
              <ColumnsMenu columns={columns} {...table} />
              <ExportMenu path="/incoming" query={state.query} total={list.data?.total} />
            </>
          }
        >
          <Filters state={state} summary={summary.data} />
        </FilterBar>
      }
      side={chosen && <IncomingPanel key={chosen} paymentId={chosen} onClose={() => put("payment", null)} />}
    >
      <ListTable
        label={say("title")}
        columns={table.shown}
        list={list}
        state={state}
        onOpen={(row) => put("payment", row.id)}
        isSelected={(row) => row.id === chosen}
        nothingFound={say("nothingFound")}
        empty={
          <EmptyState icon={IconCash} title={isQuiet ? say("emptyWaiting") : say("empty")}>
            <p>{isQuiet ? say("emptyWaitingText") : say("emptyText")}</p>
          </EmptyState>
        }
      />
    </Page>
  );
}

/** The payments, or the sources that they come from. */
export default function IncomingPage() {
  const { part } = useParams();
  return part === "sources" ? <SourcesPage /> : <Payments />;
}
