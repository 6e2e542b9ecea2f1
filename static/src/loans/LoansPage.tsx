import { Select } from "@mantine/core";
import { IconWallet } from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { LoanListItem } from "../api/types/loans";
import { useRight } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { Choices, ClearFilters, FilterBar, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { ColumnsMenu } from "../ui/table/ColumnsMenu";
import { ListTable } from "../ui/table/ListTable";
import { useColumns } from "../ui/table/useColumns";
import { useUiTexts } from "../ui/texts";
import { useFieldValues } from "../app/fields";
import { useFormat } from "../ui/useFormat";
import { type ListState, useListState } from "../ui/useListState";
import { useRegionName } from "../regions/texts";
import { LoanChips } from "./LoanChips";
import { useTexts } from "./texts";
import { useLoanColumns } from "./useLoanColumns";

const FILTERS = ["bucket", "product", "region", "state", "tag", "scenario", "dpd_min", "dpd_max", "borrower", "channel", "stood", "stood_on", "stands", "stands_on"];
const BUCKETS = ["current", "1-30", "31-60", "61-90", "90+"];

function Filters({ state }: { state: ListState }) {
  const say = useTexts();
  const ui = useUiTexts();
  const values = useFieldValues();
  const regionName = useRegionName();
  const pick = (name: "product" | "region" | "state", data: { value: string; label: string }[], width: number) => (
    <Select
      aria-label={say(`filters.${name}`)}
      placeholder={say(`filters.${name}`)}
      w={width}
      clearable
      searchable={data.length > 8}
      data={data}
      value={state.filters[name] ?? null}
      onChange={(value) => state.setFilter(name, value)}
    />
  );
  return (
    <>
      <SearchInput state={state} label={say("search")} />
      <Choices
        state={state}
        name="bucket"
        label={say("filters.bucket")}
        choices={BUCKETS.map((value) => ({ value, title: say.known(`buckets.${value}`, value) }))}
      />
      {pick("product", values("product"), 135)}
      {pick("region", values("region").map(({ value }) => ({ value, label: regionName(value) })), 160)}
      {pick("state", ["open", "closed", "sold", "written_off"].map((value) => ({ value, label: ui.known(`states.loan.${value}`) })), 150)}
      <LoanChips state={state} />
      <ClearFilters state={state} />
    </>
  );
}

function Empty() {
  const say = useTexts();
  const mayImport = useRight("import.run");
  return (
    <EmptyState icon={IconWallet} title={say("empty")} actions={mayImport && <Link to="/imports">{say("emptyAction")}</Link>}>
      <p>{say("emptyText")}</p>
    </EmptyState>
  );
}

/** Every loan of the registry that this person may see. */
export default function LoansPage() {
  const say = useTexts();
  const { number } = useFormat();
  const go = useNavigate();
  const state = useListState({ filters: FILTERS, sort: "-dpd", size: 50 });
  const list = useGet<PageOf<LoanListItem>>("/loans", { query: state.query, keep: true, every: 60_000 });
  const columns = useLoanColumns();
  const table = useColumns("loans", columns);
  return (
    <Page
      title={say("title")}
      flush
      state={list.data && <span className="ks-muted">{say("count", { count: list.data.total, n: number(list.data.total) })}</span>}
      filter={
        <FilterBar
          end={
            <>
              <ColumnsMenu columns={columns} {...table} />
              <ExportMenu path="/loans" query={state.query} total={list.data?.total} />
            </>
          }
        >
          <Filters state={state} />
        </FilterBar>
      }
    >
      <ListTable
        label={say("title")}
        columns={table.shown}
        list={list}
        state={state}
        onOpen={(row) => void go(`/loans/${row.id}`)}
        nothingFound={say("nothingFound")}
        empty={<Empty />}
      />
    </Page>
  );
}
