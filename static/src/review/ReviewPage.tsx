import { IconShieldCheck } from "@tabler/icons-react";
import { useSearchParams } from "react-router";
import { useGet } from "../api/client";
import type { ReviewItem } from "../api/types/scenarios";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Instant } from "../ui/Values";
import { ReviewPanel } from "./ReviewPanel";
import { useTexts } from "./texts";

/** Versions that wait for a second pair of eyes, the oldest first. */
export default function ReviewPage() {
  const say = useTexts();
  const [search, setSearch] = useSearchParams();
  const list = useGet<{ items: ReviewItem[] }>("/reviews", { every: 15_000 });
  const chosen = Number(search.get("version")) || null;
  const choose = (id: number | null) => setSearch(id ? { version: String(id) } : {});
  const all: Column<ReviewItem>[] = [
    { key: "scenario", title: say("columns.scenario"), card: "title", render: (row) => <strong>{row.scenario.name}</strong> },
    { key: "number", title: say("columns.number"), card: "aside", render: (row) => say("version", { number: row.number }) },
    { key: "author", title: say("columns.author"), render: (row) => row.submitted_by },
    { key: "at", title: say("columns.at"), render: (row) => <Instant value={row.submitted_at} /> },
    { key: "comment", title: say("columns.comment"), maxWidth: 360, render: (row) => row.comment || "–" },
    { key: "hash", title: say("columns.hash"), card: "none", render: (row) => <code title={row.content_hash}>{row.content_hash.slice(0, 12)}</code> },
  ];
  // beside a version only what tells versions apart stays
  const columns = chosen ? all.filter((column) => column.key !== "comment" && column.key !== "hash") : all;
  return (
    <Page
      title={say("title")}
      flush
      side={chosen && <ReviewPanel key={chosen} versionId={chosen} onClose={() => choose(null)} />}
    >
      <DataTable
        label={say("title")}
        columns={columns}
        rows={list.data?.items}
        rowKey={(row) => row.id}
        onOpen={(row) => choose(row.id)}
        isSelected={(row) => row.id === chosen}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          <EmptyState icon={IconShieldCheck} title={say("empty")}>
            <p>{say("emptyText")}</p>
          </EmptyState>
        }
      />
    </Page>
  );
}
