import { Button } from "@mantine/core";
import { IconTags } from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
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
import { useListState } from "../ui/useListState";
import { Count } from "../ui/Values";
import { KINDS, type ProductItem } from "./model";
import { useTexts } from "./texts";
import { useWords } from "./useWords";

function useProductColumns(): Column<ProductItem>[] {
  const say = useTexts();
  const { moneyShort } = useFormat();
  const { rate, term } = useWords();
  const span = (from: string, to: string) => (from === to ? from : say("range", { from, to }));
  return [
    { key: "name", title: say("columns.name"), sort: "name", card: "title", render: (row) => <Link to={`/products/${row.id}`}>{row.name}</Link> },
    { key: "code", title: say("columns.code"), sort: "code", render: (row) => row.code },
    { key: "kind", title: say("columns.kind"), sort: "kind", render: (row) => say.known(`kinds.${row.kind}`, row.kind) },
    {
      key: "rate",
      title: say("columns.rate"),
      align: "right",
      render: ({ terms }) => (terms ? rate(terms.rate_ppm, terms.rate_per) : <span className="ks-muted">{say("mirrored")}</span>),
    },
    {
      key: "principal",
      title: say("columns.principal"),
      align: "right",
      render: ({ terms }) => (terms ? span(moneyShort(terms.principal_min), moneyShort(terms.principal_max)) : "–"),
    },
    {
      key: "term",
      title: say("columns.term"),
      align: "right",
      render: ({ terms }) => (terms ? span(String(terms.term_min), term(terms.term_max, terms.unit)) : "–"),
    },
    { key: "openLoans", title: say("columns.openLoans"), sort: "open_loans", align: "right", render: (row) => <Count value={row.open_loans} /> },
    { key: "loans", title: say("columns.loans"), sort: "loans", align: "right", hidden: true, render: (row) => <Count value={row.loans} /> },
    {
      key: "offered",
      title: say("columns.offered"),
      sort: "offered",
      card: "aside",
      render: (row) => <Label tone={row.offered ? "good" : "quiet"}>{row.offered ? say("offered") : say("notOffered")}</Label>,
    },
  ];
}

/** What is lent, and on which terms. */
export default function ProductsPage() {
  const say = useTexts();
  const { number } = useFormat();
  const go = useNavigate();
  const mayEdit = useRight("product.edit");
  const state = useListState({ filters: ["kind", "offered"], sort: "name", size: 50 });
  const list = useGet<PageOf<ProductItem>>("/products", { query: state.query, keep: true });
  const columns = useProductColumns();
  const table = useColumns("products", columns);
  const add = mayEdit && (
    <Button component={Link} to="/products/new">
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
              <ExportMenu path="/products" query={state.query} total={list.data?.total} />
            </>
          }
        >
          <SearchInput state={state} label={say("search")} />
          <Choices
            state={state}
            name="kind"
            label={say("columns.kind")}
            all={say("all")}
            choices={[...KINDS, "revolving"].map((value) => ({ value, title: say.known(`kinds.${value}`) }))}
          />
          <Choices
            state={state}
            name="offered"
            label={say("columns.offered")}
            choices={[
              { value: "true", title: say("offered") },
              { value: "false", title: say("notOffered") },
            ]}
          />
          <ClearFilters state={state} />
        </FilterBar>
      }
    >
      <ListTable
        label={say("title")}
        columns={table.shown}
        list={list}
        state={state}
        onOpen={(row) => void go(`/products/${row.id}`)}
        nothingFound={say("nothingFound")}
        empty={
          <EmptyState icon={IconTags} title={say("empty")} actions={add}>
            <p>{say("emptyText")}</p>
          </EmptyState>
        }
      />
    </Page>
  );
}
