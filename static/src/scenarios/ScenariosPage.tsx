import { Button } from "@mantine/core";
import { IconPlus, IconRoute, IconUpload } from "@tabler/icons-react";
import { useNavigate, useSearchParams } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { ScenarioListItem } from "../api/types/scenarios";
import { useRight } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { Choices, ClearFilters, FilterBar, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { ColumnsMenu } from "../ui/table/ColumnsMenu";
import { DataTable } from "../ui/table/DataTable";
import { Paging } from "../ui/table/Paging";
import { useColumns } from "../ui/table/useColumns";
import { useUiTexts } from "../ui/texts";
import { useKeys } from "../ui/useKeys";
import { useListState } from "../ui/useListState";
import { ImportDialog } from "./ImportDialog";
import { NewScenarioDialog } from "./NewScenarioDialog";
import { useTexts } from "./texts";
import { useScenarioColumns } from "./useScenarioColumns";
import { VersionsPanel } from "./VersionsPanel";

const STATES = ["live", "paused", "draft", "archived"];

/** All scenarios with their state and what they brought in; the way to a new one. */
export default function ScenariosPage() {
  const say = useTexts();
  const ui = useUiTexts();
  const go = useNavigate();
  const mayEdit = useRight("scenario.edit");
  const state = useListState({ filters: ["state"], sort: "name" });
  const [search, setSearch] = useSearchParams();
  const list = useGet<PageOf<ScenarioListItem>>("/scenarios", { query: state.query, keep: true, every: 15_000 });
  const open = (name: string, value: string | null) =>
    setSearch((former) => {
      const next = new URLSearchParams(former);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  const versionsOf = Number(search.get("versions")) || null;
  const copyOf = Number(search.get("copy")) || null;
  const columns = useScenarioColumns({ isNarrow: versionsOf !== null, onVersions: (id) => open("versions", String(id)), onCopy: (id) => open("copy", String(id)) });
  const table = useColumns("scenarios", columns);
  useKeys(mayEdit ? [{ keys: "n", title: say("new"), run: () => open("new", "1") }] : []);
  const chosen = list.data?.items.find((one) => one.id === versionsOf);

  const create = (
    <Button leftSection={<IconPlus size={15} />} onClick={() => open("new", "1")}>
      {say("new")}
    </Button>
  );
  return (
    <Page
      title={say("title")}
      flush
      actions={
        mayEdit && (
          <>
            <Button variant="default" leftSection={<IconUpload size={15} />} onClick={() => open("import", "1")}>
              {say("import.action")}
            </Button>
            {create}
          </>
        )
      }
      filter={
        <FilterBar
          end={
            <>
              <ColumnsMenu columns={columns} {...table} />
              <ExportMenu path="/scenarios" query={state.query} total={list.data?.total} />
            </>
          }
        >
          <SearchInput state={state} label={say("search")} />
          <Choices
            state={state}
            name="state"
            label={say("columns.state")}
            all={say("all")}
            choices={STATES.map((value) => ({ value, title: ui.known(`states.scenario.${value}`) }))}
          />
          <ClearFilters state={state} />
        </FilterBar>
      }
      side={versionsOf && <VersionsPanel scenarioId={versionsOf} name={chosen?.name ?? ""} onClose={() => open("versions", null)} />}
    >
      <DataTable
        label={say("title")}
        columns={table.shown}
        rows={list.data?.items}
        rowKey={(row) => row.id}
        onOpen={(row) => void go(`/scenarios/${row.id}`)}
        isSelected={(row) => row.id === versionsOf}
        sort={state.sort}
        onSort={state.toggleSort}
        error={list.error}
        onRetry={() => void list.refetch()}
        isStale={list.isPlaceholderData}
        empty={
          state.isNarrowed ? (
            <EmptyState title={say("nothingFound")} actions={<ClearFilters state={state} />} />
          ) : (
            <EmptyState icon={IconRoute} title={say("empty")} actions={mayEdit && create}>
              <p>{say("emptyText")}</p>
            </EmptyState>
          )
        }
      />
      {list.data && list.data.total > 0 && (
        <Paging total={list.data.total} page={state.page} size={state.size} onPage={state.setPage} onSize={state.setSize} />
      )}
      {mayEdit && search.has("new") && <NewScenarioDialog onClose={() => open("new", null)} />}
      {mayEdit && copyOf && <NewScenarioDialog copyOf={copyOf} onClose={() => open("copy", null)} />}
      {mayEdit && search.has("import") && <ImportDialog onClose={() => open("import", null)} />}
    </Page>
  );
}
