import { Button, Select } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import { Link } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { DeliverySummary, NewsDelivery } from "../api/types/webhooks";
import { useRight } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { Choices, ClearFilters, FilterBar, FilterChip, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { ColumnsMenu } from "../ui/table/ColumnsMenu";
import { ListTable } from "../ui/table/ListTable";
import { useColumns } from "../ui/table/useColumns";
import { useUiTexts } from "../ui/texts";
import { useAddress } from "../ui/useAddress";
import { type ListState, useListState } from "../ui/useListState";
import { DeliveryPanel } from "./DeliveryPanel";
import { useTexts } from "./texts";
import { useDeliveryColumns } from "./useDeliveryColumns";

const STATES = ["queued", "sending", "sent", "failed"] as const;

function Filters({ state, summary }: { state: ListState; summary: DeliverySummary | undefined }) {
  const say = useTexts();
  const ui = useUiTexts();
  return (
    <>
      <SearchInput state={state} label={say("search")} />
      <Choices
        state={state}
        name="state"
        label={say("columns.state")}
        all={say("all")}
        choices={STATES.map((value) => ({ value, title: ui.known(`states.message.${value}`) }))}
      />
      <Select
        aria-label={say("columns.subscription")}
        placeholder={say("columns.subscription")}
        w={190}
        clearable
        data={(summary?.subscriptions ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
        value={state.filters["subscription"] ?? null}
        onChange={(value) => state.setFilter("subscription", value)}
      />
      {state.filters["loan"] && <FilterChip onRemove={() => state.setFilter("loan", null)}>{say("loanChip")}</FilterChip>}
      <ClearFilters state={state} />
    </>
  );
}

/** What other systems were told, and what they answered. */
export default function WebhooksPage() {
  const say = useTexts();
  const isAdmin = useRight("admin");
  const state = useListState({ filters: ["state", "kind", "subscription", "loan"], sort: "-happened_at", size: 50 });
  const [search, put] = useAddress();
  const chosen = Number(search.get("delivery")) || null;
  const list = useGet<PageOf<NewsDelivery>>("/deliveries", { query: state.query, keep: true, every: 10_000 });
  const summary = useGet<DeliverySummary>("/deliveries/summary", { every: 20_000 });
  const columns = useDeliveryColumns(chosen !== null);
  const table = useColumns("webhooks", columns);
  const manage = isAdmin && (
    <Button component={Link} to="/outbox/subscriptions" variant="default">
      {say("manage")}
    </Button>
  );
  return (
    <Page
      title={say("title")}
      crumb={{ title: say("outbox"), to: "/outbox" }}
      flush
      actions={manage}
      filter={
        <FilterBar
          end={
            <>
              <ColumnsMenu columns={columns} {...table} />
              <ExportMenu path="/deliveries" query={state.query} total={list.data?.more ? Infinity : list.data?.total} />
            </>
          }
        >
          <Filters state={state} summary={summary.data} />
        </FilterBar>
      }
      side={chosen && <DeliveryPanel key={chosen} deliveryId={chosen} onClose={() => put("delivery", null)} />}
    >
      <ListTable
        label={say("title")}
        columns={table.shown}
        list={list}
        state={state}
        onOpen={(row) => put("delivery", row.id)}
        isSelected={(row) => row.id === chosen}
        nothingFound={say("nothingFound")}
        empty={
          <EmptyState icon={IconInbox} title={say("empty")} actions={!summary.data?.enabled && manage}>
            <p>{say(summary.data?.enabled ? "emptyOn" : "emptyOff")}</p>
          </EmptyState>
        }
      />
    </Page>
  );
}
