import { Link } from "react-router";
import { useGet } from "../api/client";
import { CardSkeletons, EmptyState, ErrorState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Label, type Tone } from "../ui/Tone";
import { Count } from "../ui/Values";
import { useTexts } from "./texts";

interface Claimant {
  scenario: { id: number; name: string };
  track: string;
  priority: number;
  verdict: string;
  text: string;
}

const TONES: Record<string, Tone> = { in: "accent", next: "good", paused: "warn", broken: "bad" };

/** Every scenario that runs, in the order in which they take loans, and why this loan is in it or not. */
export function WhyTable({ loanId }: { loanId: number }) {
  const say = useTexts();
  const { data, error, refetch } = useGet<{ items: Claimant[] }>(`/loans/${loanId}/scenarios`);
  if (error && !data) return <ErrorState compact error={error} retry={() => void refetch()} />;
  if (!data) return <CardSkeletons cards={1} height={80} />;
  const columns: Column<Claimant>[] = [
    {
      key: "scenario",
      title: say("cases.scenario"),
      card: "title",
      render: (row) => <Link to={`/scenarios/${row.scenario.id}`}>{row.scenario.name}</Link>,
    },
    { key: "track", title: say("why.track"), render: (row) => row.track },
    { key: "priority", title: say("why.priority"), align: "right", render: (row) => <Count value={row.priority} /> },
    {
      key: "why",
      pinned: true,
      title: say("why.why"),
      render: (row) => (
        <>
          <Label tone={TONES[row.verdict] ?? "quiet"}>{say.known(`why.verdicts.${row.verdict}`, row.verdict)}</Label> {row.text}
        </>
      ),
    },
  ];
  return (
    <>
      <h3>{say("why.title")}</h3>
      <DataTable
        label={say("why.title")}
        columns={columns}
        rows={data.items}
        rowKey={(row) => row.scenario.id}
        empty={<EmptyState compact title={say("why.empty")} />}
      />
    </>
  );
}
