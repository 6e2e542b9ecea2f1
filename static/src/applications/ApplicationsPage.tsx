import { Button } from "@mantine/core";
import { IconFileSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { ApplicationItem } from "../api/types/applications";
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
import { useListState } from "../ui/useListState";
import { ApplicationPanel } from "./ApplicationPanel";
import { NewApplication } from "./NewApplication";
import { useTexts } from "./texts";
import { useApplicationColumns } from "./useApplicationColumns";

const STATES = ["waiting", "approved", "confirming", "issued", "refused", "withdrawn"] as const;

/** What borrowers ask for, what was decided, and what waits for a person. */
export default function ApplicationsPage() {
  const say = useTexts();
  const { number } = useFormat();
  const mayIssue = useRight("loan.issue");
  const state = useListState({ filters: ["state", "product", "borrower"], sort: "-filed_at", size: 50 });
  const [search, put] = useAddress();
  const [isNew, setNew] = useState(false);
  const chosen = Number(search.get("application")) || null;
  const list = useGet<PageOf<ApplicationItem>>("/applications", { query: state.query, keep: true, every: 30_000 });
  const columns = useApplicationColumns(chosen !== null);
  const table = useColumns("applications", columns);
  const add = mayIssue && <Button onClick={() => setNew(true)}>{say("new")}</Button>;
  return (
    <Page
      title={say("title")}
      flush
      state={list.data && <span className="ks-muted">{say("count", { count: list.data.total, n: number(list.data.total) })}</span>}
      actions={add}
      filter={
        <FilterBar
          end={
            <>
              <ColumnsMenu columns={columns} {...table} />
              <ExportMenu path="/applications" query={state.query} total={list.data?.total} />
            </>
          }
        >
          <SearchInput state={state} label={say("search")} />
          <Choices
            state={state}
            name="state"
            label={say("columns.state")}
            all={say("all")}
            choices={STATES.map((value) => ({ value, title: say(`states.${value}`) }))}
          />
          {state.filters["borrower"] && <FilterChip onRemove={() => state.setFilter("borrower", null)}>{say("borrowerChip")}</FilterChip>}
          <ClearFilters state={state} />
        </FilterBar>
      }
      side={chosen && <ApplicationPanel key={chosen} applicationId={chosen} onClose={() => put("application", null)} />}
    >
      <ListTable
        label={say("title")}
        columns={table.shown}
        list={list}
        state={state}
        onOpen={(row) => put("application", row.id)}
        isSelected={(row) => row.id === chosen}
        nothingFound={say("nothingFound")}
        empty={
          <EmptyState icon={IconFileSearch} title={say("empty")} actions={add}>
            <p>{say("emptyText")}</p>
          </EmptyState>
        }
      />
      {isNew && <NewApplication onClose={() => setNew(false)} />}
    </Page>
  );
}
