import { Button, Checkbox, TextInput } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import { lazy } from "react";
import { Link, useParams } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { MessageItem, OutboxSummary } from "../api/types/outbox";
import { useRight } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { DayInput } from "../ui/DayInput";
import { Choices, ClearFilters, FilterBar, FilterChip, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { ColumnsMenu } from "../ui/table/ColumnsMenu";
import { ListTable } from "../ui/table/ListTable";
import { useColumns } from "../ui/table/useColumns";
import { useUiTexts } from "../ui/texts";
import { useAddress } from "../ui/useAddress";
import { useFormat } from "../ui/useFormat";
import { type ListState, useListState } from "../ui/useListState";
import { DeadLetters } from "./DeadLetters";
import { MessagePanel } from "./MessagePanel";
import { Summary } from "./Summary";
import { useTexts } from "./texts";
import { useMessageColumns } from "./useMessageColumns";

const LettersPage = lazy(() => import("../letters/LettersPage"));
const WebhooksPage = lazy(() => import("../webhooks/WebhooksPage"));
const ConnectorsPage = lazy(() => import("../connectors/ConnectorsPage"));
const SubscriptionsPage = lazy(() => import("../webhooks/SubscriptionsPage"));
const InquiriesPage = lazy(() => import("../inquiries/InquiriesPage"));
const ProvidersPage = lazy(() => import("../inquiries/ProvidersPage"));
const STATES = ["queued", "sending", "sent", "delivered", "undelivered", "failed", "expired", "cancelled", "dismissed"] as const;
const DEAD = new Set(["failed", "undelivered", "expired"]);

interface FiltersProps {
  state: ListState;
  summary: OutboxSummary | undefined;
  /** The title of the connector that the list is narrowed to. */
  through: string | undefined;
}

function Filters({ state, summary, through }: FiltersProps) {
  const say = useTexts();
  const ui = useUiTexts();
  const { number } = useFormat();
  const { channel, connector, scenario, loan, error, uncertain, from, to } = state.filters;
  const count = (value: string) => (summary && (value === "queued" || value === "sending" || value === "failed") ? summary[value] : 0);
  const period = (name: "from" | "to", value: string | undefined) => (
    <DayInput aria-label={say(name)} placeholder={say(name)} w={130} value={value ?? ""} onChange={(day) => state.setFilter(name, day || null)} />
  );
  return (
    <>
      <SearchInput state={state} label={say("search")} />
      <Choices
        state={state}
        name="state"
        label={say("columns.state")}
        all={say("all")}
        choices={STATES.map((value) => ({
          value,
          title: (
            <>
              {say(`states.${value}`)} {count(value) > 0 && <span className="ks-muted">{number(count(value))}</span>}
            </>
          ),
        }))}
      />
      {period("from", from)}
      {period("to", to)}
      <TextInput
        key={error ?? ""}
        aria-label={say("errorText")}
        placeholder={say("errorText")}
        w={150}
        defaultValue={error ?? ""}
        onBlur={(event) => state.setFilter("error", event.currentTarget.value.trim() || null)}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
      <Checkbox label={say("uncertainOnly")} checked={uncertain === "true"} onChange={(event) => state.setFilter("uncertain", event.currentTarget.checked ? "true" : null)} />
      {channel && <FilterChip onRemove={() => state.setFilter("channel", null)}>{ui.known(`channels.${channel}`)}</FilterChip>}
      {connector && <FilterChip onRemove={() => state.setFilter("connector", null)}>{through ?? connector}</FilterChip>}
      {scenario && <FilterChip onRemove={() => state.setFilter("scenario", null)}>{say("scenarioChip")}</FilterChip>}
      {loan && <FilterChip onRemove={() => state.setFilter("loan", null)}>{say("loanChip")}</FilterChip>}
      <ClearFilters state={state} />
    </>
  );
}

/** Messages to borrowers, what other systems are told, or which they are. */
export default function OutboxPage() {
  const { part } = useParams();
  if (part === "webhooks") return <WebhooksPage />;
  if (part === "letters") return <LettersPage />;
  if (part === "inquiries") return <InquiriesPage />;
  if (part === "providers") return <ProvidersPage />;
  if (part === "connectors") return <ConnectorsPage />;
  return part === "subscriptions" ? <SubscriptionsPage /> : <Messages />;
}

/** Everything that left, is about to leave, or could not. */
function Messages() {
  const say = useTexts();
  const state = useListState({ filters: ["state", "channel", "connector", "scenario", "loan", "error", "uncertain", "from", "to"], sort: "-queued_at", size: 50 });
  const [search, put] = useAddress();
  const chosen = Number(search.get("message")) || null;
  const list = useGet<PageOf<MessageItem>>("/outbox", { query: state.query, keep: true, every: 10_000 });
  const summary = useGet<OutboxSummary>("/outbox/summary", { every: 10_000 });
  const columns = useMessageColumns(chosen !== null, DEAD.has(state.filters.state ?? ""));
  const table = useColumns("outbox", columns);
  const mayWork = useRight("outbox.work");
  const dead = (list.data?.items ?? []).filter((row) => DEAD.has(row.state)).map((row) => row.id);
  const choose = (id: number | null) => put("message", id);
  return (
    <Page
      title={say("title")}
      flush
      actions={
        <>
          <Button component={Link} to="/outbox/inquiries" variant="default">
            {say("inquiries")}
          </Button>
          <Button component={Link} to="/outbox/letters" variant="default">
            {say("letters")}
          </Button>
          <Button component={Link} to="/outbox/connectors" variant="default">
            {say("connectorsPage")}
          </Button>
          <Button component={Link} to="/outbox/webhooks" variant="default">
            {say("webhooks")}
          </Button>
        </>
      }
      filter={
        <FilterBar
          end={
            <>
              <ColumnsMenu columns={columns} {...table} />
              <ExportMenu path="/outbox" query={state.query} total={list.data?.more ? Infinity : list.data?.total} />
            </>
          }
        >
          <Filters state={state} summary={summary.data} through={list.data?.items.find((row) => row.connector === state.filters.connector)?.through} />
        </FilterBar>
      }
      side={chosen && <MessagePanel key={chosen} messageId={chosen} onClose={() => choose(null)} />}
    >
      {summary.data && summary.data.channels.length > 0 && (
        <Summary summary={summary.data} chosen={state.filters.channel} onChoose={(channel) => state.setFilter("channel", channel)} />
      )}
      {mayWork && dead.length > 0 && <DeadLetters ids={dead} />}
      <ListTable
        label={say("title")}
        columns={table.shown}
        list={list}
        state={state}
        onOpen={(row) => choose(row.id)}
        isSelected={(row) => row.id === chosen}
        nothingFound={say("nothingFound")}
        empty={
          <EmptyState icon={IconInbox} title={say("empty")}>
            <p>{say("emptyText")}</p>
          </EmptyState>
        }
      />
    </Page>
  );
}
