import { Button } from "@mantine/core";
import { IconPlus, IconRoute, IconUpload } from "@tabler/icons-react";
import { useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { ScenarioListItem } from "../api/types/scenarios";
import { useRight } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { Choices, ClearFilters, FilterBar, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { ColumnsMenu } from "../ui/table/ColumnsMenu";
import { ListTable } from "../ui/table/ListTable";
import { useColumns } from "../ui/table/useColumns";
import { useUiTexts } from "../ui/texts";
import { useAddress } from "../ui/useAddress";
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
  const [search, open] = useAddress();
  const list = useGet<PageOf<ScenarioListItem>>("/scenarios", { query: state.query, keep: true, every: 15_000 });
  const versionsOf = Number(search.get("versions")) || null;
  const copyOf = Number(search.get("copy")) || null;
  const columns = useScenarioColumns({ isNarrow: versionsOf !== null, onVersions: (id) => open("versions", id), onCopy: (id) => open("copy", id) });
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
      <ListTable
        label={say("title")}
        columns={table.shown}
        list={list}
        state={state}
        onOpen={(row) => void go(`/scenarios/${row.id}`)}
        isSelected={(row) => row.id === versionsOf}
        nothingFound={say("nothingFound")}
        empty={
          <EmptyState icon={IconRoute} title={say("empty")} actions={mayEdit && create}>
            <p>{say("emptyText")}</p>
          </EmptyState>
        }
      />
      {mayEdit && search.has("new") && <NewScenarioDialog onClose={() => open("new", null)} />}
      {mayEdit && copyOf && <NewScenarioDialog copyOf={copyOf} onClose={() => open("copy", null)} />}
      {mayEdit && search.has("import") && <ImportDialog onClose={() => open("import", null)} />}
    </Page>
  );
}
