import { Button } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { PolicyItem } from "../api/types/policies";
import { Card, Page } from "../ui/Page";
import { CardSkeletons, ErrorState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Label } from "../ui/Tone";
import { Instant } from "../ui/Values";
import { useTexts } from "./texts";

function useColumns(): Column<PolicyItem>[] {
  const say = useTexts();
  return [
    { key: "title", title: say("list.policy"), card: "title", render: (row) => <Link to={`/policies/${row.key}`}>{row.title}</Link> },
    { key: "key", title: say("list.key"), render: (row) => <code>{row.key}</code> },
    { key: "source", title: say("list.source"), wrap: true, render: (row) => row.source },
    {
      key: "inForce",
      title: say("list.inForce"),
      render: (row) => (
        <>
          {say("version", { n: row.revision })}, <Instant value={row.valid_from} />
        </>
      ),
    },
    {
      key: "work",
      title: say("list.work"),
      card: "aside",
      render: (row) =>
        row.waiting > 0 ? (
          <Label tone="accent">{say("states.waiting")}</Label>
        ) : row.drafts > 0 ? (
          <Label>{say("states.draft")}</Label>
        ) : row.coming ? (
          <Label tone="warn">{say("list.coming")}</Label>
        ) : null,
    },
  ];
}

/** Every policy, and what is in force. */
export function List() {
  const say = useTexts();
  const go = useNavigate();
  const { data, error, refetch } = useGet<{ items: PolicyItem[] }>("/policies", { every: 60_000 });
  const columns = useColumns();
  return (
    <Page
      title={say("title")}
      actions={
        <Button component={Link} to="/policies/calendar" variant="default">
          {say("calendar.title")}
        </Button>
      }
    >
      {!data && error && <ErrorState error={error} retry={() => void refetch()} />}
      {!data && !error && <CardSkeletons cards={1} height={240} />}
      {data && (
        <Card flush>
          <DataTable label={say("title")} columns={columns} rows={data.items} rowKey={(row) => row.key} onOpen={(row) => void go(`/policies/${row.key}`)} empty={null} />
        </Card>
      )}
    </Page>
  );
}
