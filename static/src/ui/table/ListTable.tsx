import type { UseQueryResult } from "@tanstack/react-query";
import type { Page as PageOf } from "../../api/types";
import { ClearFilters } from "../FilterBar";
import { EmptyState } from "../states";
import type { ListState } from "../useListState";
import { DataTable, type DataTableProps } from "./DataTable";
import { Paging } from "./Paging";

interface Props<Row> extends Pick<DataTableProps<Row>, "label" | "columns" | "onOpen" | "isSelected" | "empty"> {
  list: UseQueryResult<PageOf<Row>>;
  state: ListState;
  /** Said where the filters leave nothing; `empty` stands where there is nothing at all. */
  nothingFound: string;
}

/** A list of the server: its rows in the order and on the page that the address says, and the way to the others. */
export function ListTable<Row extends { id: number | string }>({ list, state, nothingFound, empty, ...table }: Props<Row>) {
  const { data, error, isPlaceholderData, refetch } = list;
  return (
    <>
      <DataTable
        {...table}
        rows={data?.items}
        rowKey={(row) => row.id}
        sort={state.sort}
        onSort={state.toggleSort}
        error={error}
        onRetry={() => void refetch()}
        isStale={isPlaceholderData}
        empty={state.isNarrowed ? <EmptyState title={nothingFound} actions={<ClearFilters state={state} />} /> : empty}
      />
      {data && data.total > 0 && (
        <Paging total={data.total} more={data.more} page={state.page} size={state.size} onPage={state.setPage} onSize={state.setSize} />
      )}
    </>
  );
}
