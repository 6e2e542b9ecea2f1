import { Select } from "@mantine/core";
import { IconFileSearch } from "@tabler/icons-react";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { AuditEntry } from "../api/types/audit";
import { ExportMenu } from "../jobs/ExportMenu";
import { DayInput } from "../ui/DayInput";
import { ClearFilters, FilterBar, FilterChip, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { ListTable } from "../ui/table/ListTable";
import { useAddress } from "../ui/useAddress";
import { useFormat } from "../ui/useFormat";
import { type ListState, useListState } from "../ui/useListState";
import { Instant } from "../ui/Values";
import { EntryPanel } from "./EntryPanel";
import classes from "./Audit.module.css";
import { inShort } from "./details";
import { named } from "./named";
import { useTexts } from "./texts";

interface Facets {
  actors: string[];
  actions: string[];
  subject_types: string[];
}

function Filters({ state }: { state: ListState }) {
  const say = useTexts();
  const { data } = useGet<Facets>("/audit/facets");
  const pick = (name: "actor" | "action" | "subject_type", values: readonly string[], named: (value: string) => string) => (
    <Select
      aria-label={say(`columns.${name}`)}
      placeholder={say(`columns.${name}`)}
      w={name === "action" ? 210 : 150}
      clearable
      searchable
      value={state.filters[name] ?? null}
      data={values.map((value) => ({ value, label: named(value) }))}
      onChange={(value) => state.setFilter(name, value)}
    />
  );
  const date = (name: "from" | "to") => (
    <DayInput
      aria-label={say(`filters.${name}`)}
      placeholder={say(`filters.${name}`)}
      w={132}
      clearable
      value={state.filters[name] ?? ""}
      onChange={(day) => state.setFilter(name, day || null)}
    />
  );
  return (
    <>
      <SearchInput state={state} label={say("search")} />
      {pick("actor", data?.actors ?? [], (value) => say.known(`actors.${value}`, value))}
      {pick("action", data?.actions ?? [], (value) => say.known(`actions.${value.replace(".", "_")}`, value))}
      {pick("subject_type", data?.subject_types ?? [], (value) => say.known(`subjects.${value}`, value))}
      {date("from")}
      {date("to")}
      {state.filters.subject_id && (
        <FilterChip onRemove={() => state.setFilter("subject_id", null)}>{say("subjectChip", { id: state.filters.subject_id })}</FilterChip>
      )}
      <ClearFilters state={state} />
    </>
  );
}

function useAuditColumns(): Column<AuditEntry>[] {
  const say = useTexts();
  return [
    { key: "at", title: say("columns.at"), sort: "at", card: "title", render: (row) => <Instant value={row.at} /> },
    { key: "actor", title: say("columns.actor"), sort: "actor", card: "aside", render: (row) => say.known(`actors.${row.actor}`, row.actor) },
    { key: "action", title: say("columns.action"), sort: "action", render: (row) => say.known(`actions.${row.action.replace(".", "_")}`, row.action) },
    {
      key: "subject",
      title: say("columns.subject"),
      sort: "subject_type",
      render: (row) => (
        <>
          {say.known(`subjects.${row.subject_type}`, row.subject_type)} <span className="ks-muted">{row.subject_id}</span>
        </>
      ),
    },
    { key: "details", title: say("columns.details"), rest: true, minWidth: 160, render: (row) => {
        const text = inShort(row.details, named(say));
        return text ? <span className={classes.details}>{text}</span> : null;
      } },
  ];
}

/** Who did what, when, to which thing. Nothing here can be changed or deleted. */
export default function AuditPage() {
  const say = useTexts();
  const { number } = useFormat();
  const state = useListState({ filters: ["actor", "action", "subject_type", "subject_id", "from", "to"], sort: "-at", size: 50 });
  const [search, put] = useAddress();
  const list = useGet<PageOf<AuditEntry>>("/audit", { query: state.query, keep: true, every: 20_000 });
  const wanted = search.get("entry");
  const shown = list.data?.items.find((one) => String(one.id) === wanted);
  // an address may name an entry of another page, or one that the filters leave out
  const isAsked = wanted !== null && /^\d{1,15}$/.test(wanted) && list.data !== undefined && shown === undefined;
  const alone = useGet<PageOf<AuditEntry>>("/audit", { query: { entry: wanted ?? "", size: 1 }, enabled: isAsked });
  const chosen = shown ?? (isAsked ? alone.data?.items[0] : undefined);
  const choose = (id: number | null) => put("entry", id);
  return (
    <Page
      title={say("title")}
      flush
      state={list.data && <span className="ks-muted">{say("count", { count: list.data.total, n: number(list.data.total) })}</span>}
      filter={
        <FilterBar end={<ExportMenu path="/audit" query={state.query} total={list.data?.total} formats={["csv", "jsonl"]} />}>
          <Filters state={state} />
        </FilterBar>
      }
      side={chosen && <EntryPanel entry={chosen} onClose={() => choose(null)} onSubject={(id) => state.setFilter("subject_id", id)} />}
    >
      <ListTable
        label={say("title")}
        columns={useAuditColumns()}
        list={list}
        state={state}
        onOpen={(row) => choose(row.id)}
        isSelected={(row) => row.id === chosen?.id}
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
