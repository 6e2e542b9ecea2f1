import { Select } from "@mantine/core";
import { IconRadar2 } from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { Firing, MonitoringBoard } from "../api/types/monitoring";
import { ExportMenu } from "../jobs/ExportMenu";
import { Bucket } from "../ui/Bucket";
import { Choices, ClearFilters, FilterBar, FilterChip, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { ListTable } from "../ui/table/ListTable";
import { useFormat } from "../ui/useFormat";
import { useListState } from "../ui/useListState";
import { Count, DayText, Money } from "../ui/Values";
import { useTexts } from "./texts";

/** The loans that rules fired for. */
export function Firings() {
  const say = useTexts();
  const { number, day } = useFormat();
  const go = useNavigate();
  const state = useListState({ filters: ["rule", "day", "holds"], sort: "-since", size: 50 });
  const list = useGet<PageOf<Firing>>("/monitoring/firings", { query: state.query, keep: true });
  const board = useGet<MonitoringBoard>("/monitoring");
  const columns: Column<Firing>[] = [
    { key: "loan", title: say("firings.loan"), sort: "loan", card: "title", render: (row) => <Link to={`/loans/${row.loan.id}`}>{row.loan.external_id}</Link> },
    { key: "rule", title: say("firings.rule"), sort: "rule", maxWidth: 320, render: (row) => <Link to={`/monitoring/rules/${row.rule.id}`}>{row.rule.name}</Link> },
    { key: "since", title: say("firings.since"), sort: "since", card: "aside", render: (row) => <DayText value={row.since} /> },
    { key: "until", title: say("firings.until"), sort: "until", render: (row) => (row.until ? <DayText value={row.until} /> : say("firings.now")) },
    { key: "dpd", title: say("firings.dpd"), sort: "dpd", align: "right", render: (row) => <Count value={row.dpd} /> },
    { key: "bucket", title: say("firings.bucket"), render: (row) => <Bucket bucket={row.bucket} /> },
    { key: "overdue", title: say("firings.overdue"), sort: "overdue", align: "right", render: (row) => <Money value={row.overdue} /> },
  ];
  return (
    <Page
      title={say("firings.title")}
      crumb={{ title: say("board.title"), to: "/monitoring" }}
      flush
      state={list.data && <span className="ks-muted">{say("firings.count", { count: list.data.total, n: number(list.data.total) })}</span>}
      filter={
        <FilterBar end={<ExportMenu path="/monitoring/firings" query={state.query} total={list.data?.total} />}>
          <SearchInput state={state} label={say("firings.search")} />
          <Select
            aria-label={say("firings.rule")}
            placeholder={say("firings.rule")}
            w={240}
            clearable
            searchable
            data={(board.data?.rules ?? []).map((rule) => ({ value: String(rule.id), label: rule.name }))}
            value={state.filters["rule"] ?? null}
            onChange={(value) => state.setFilter("rule", value)}
          />
          <Choices
            state={state}
            name="holds"
            label={say("firings.holds")}
            choices={[
              { value: "true", title: say("firings.still") },
              { value: "false", title: say("firings.over") },
            ]}
          />
          {state.filters["day"] && <FilterChip onRemove={() => state.setFilter("day", null)}>{say("firings.day", { day: day(state.filters["day"]) })}</FilterChip>}
          <ClearFilters state={state} />
        </FilterBar>
      }
    >
      <ListTable
        label={say("firings.title")}
        columns={columns}
        list={list}
        state={state}
        onOpen={(row) => void go(`/loans/${row.loan.id}`)}
        nothingFound={say("firings.nothingFound")}
        empty={
          <EmptyState icon={IconRadar2} title={say("firings.empty")} actions={<Link to="/monitoring">{say("board.rules")}</Link>}>
            <p>{say("firings.emptyText")}</p>
          </EmptyState>
        }
      />
    </Page>
  );
}
