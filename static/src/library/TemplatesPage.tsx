import { Button } from "@mantine/core";
import { IconMessage } from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { TemplateItem } from "../api/types/library";
import { useRight } from "../app/me";
import { ExportMenu } from "../jobs/ExportMenu";
import { Choices, ClearFilters, FilterBar, SearchInput } from "../ui/FilterBar";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { ColumnsMenu } from "../ui/table/ColumnsMenu";
import { ListTable } from "../ui/table/ListTable";
import { useColumns } from "../ui/table/useColumns";
import { Label } from "../ui/Tone";
import { useFormat } from "../ui/useFormat";
import { useKeys } from "../ui/useKeys";
import { useListState } from "../ui/useListState";
import { Count, Instant } from "../ui/Values";
import classes from "./Library.module.css";
import { CHANNELS, spokenIn } from "./model";
import { useTexts } from "./texts";

const STATES = ["active", "archived"] as const;

function useTemplateColumns(): Column<TemplateItem>[] {
  const say = useTexts();
  const { language } = useFormat();
  return [
    { key: "title", title: say("columns.title"), sort: "title", card: "title", maxWidth: 300, render: (row) => <Link to={`/templates/${row.id}`}>{row.title}</Link> },
    { key: "channel", title: say("columns.channel"), sort: "channel", render: (row) => say.known(`channels.${row.channel}`, row.channel) },
    {
      key: "languages",
      title: say("columns.languages"),
      render: (row) => (
        <span className={classes.row}>
          {spokenIn(row).map((one) => (
            <Label key={one}>{one.toUpperCase()}</Label>
          ))}
        </span>
      ),
    },
    {
      key: "text",
      title: say("columns.text"),
      card: "none",
      rest: true,
      minWidth: 200,
      render: (row) => <span className="ks-muted">{(row.texts[language] ?? row.texts.ru ?? row.texts.en)?.body}</span>,
    },
    { key: "scenarios", title: say("columns.scenarios"), align: "right", render: (row) => <Count value={row.scenarios} /> },
    { key: "revision", title: say("columns.revision"), sort: "revision", align: "right", render: (row) => row.revision },
    { key: "made_at", title: say("columns.changed"), sort: "made_at", render: (row) => <Instant value={row.made_at} /> },
    { key: "made_by", title: say("columns.by"), render: (row) => row.made_by },
    { key: "key", title: say("columns.key"), sort: "key", hidden: true, render: (row) => <code>{row.key}</code> },
    {
      key: "state",
      title: say("columns.state"),
      card: "aside",
      render: (row) => (row.archived_at ? <Label tone="warn">{say("archived")}</Label> : <Label tone="good">{say("states.one")}</Label>),
    },
  ];
}

/** The library: texts that the steps of scenarios send. */
export default function TemplatesPage() {
  const say = useTexts();
  const { number } = useFormat();
  const go = useNavigate();
  const mayEdit = useRight("template.edit");
  const state = useListState({ filters: ["channel", "state"], sort: "title", size: 50, initial: { state: "active" } });
  const list = useGet<PageOf<TemplateItem>>("/message-templates", { query: state.query, keep: true });
  const columns = useTemplateColumns();
  const table = useColumns("templates", columns);
  useKeys(mayEdit ? [{ keys: "n", title: say("new"), run: () => void go("/templates/new") }] : []);
  const add = mayEdit && (
    <Button component={Link} to="/templates/new">
      {say("new")}
    </Button>
  );
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
              <ExportMenu path="/message-templates" query={state.query} total={list.data?.total} />
            </>
          }
        >
          <SearchInput state={state} label={say("search")} />
          <Choices state={state} name="channel" label={say("columns.channel")} all={say("all")} choices={CHANNELS.map((value) => ({ value, title: say(`channels.${value}`) }))} />
          <Choices state={state} name="state" label={say("columns.state")} choices={STATES.map((value) => ({ value, title: say(`states.${value}`) }))} />
          <ClearFilters state={state} />
        </FilterBar>
      }
    >
      <ListTable
        label={say("title")}
        columns={table.shown}
        list={list}
        state={state}
        onOpen={(row) => void go(`/templates/${row.id}`)}
        nothingFound={say("nothingFound")}
        empty={
          <EmptyState icon={IconMessage} title={say("empty")} actions={add}>
            <p>{say("emptyText")}</p>
            <p>{say(mayEdit ? "emptyNext" : "emptyWhom")}</p>
          </EmptyState>
        }
      />
    </Page>
  );
}
