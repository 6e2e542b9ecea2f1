import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { Card } from "../ui/Page";
import { EmptyState } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { Label } from "../ui/Tone";
import { DayText } from "../ui/Values";
import type { Cap, Policy } from "./model";
import { useTexts } from "./texts";
import { useWords } from "./useWords";

/** What the chosen rules limit, from which day, and where that is written. */
export function LimitsCard({ policy }: { policy: Policy | undefined }) {
  const say = useTexts();
  const { share } = useWords();
  const [showsFormer, setShowsFormer] = useState(false);
  if (!policy) return null;
  const columns: Column<Cap>[] = [
    {
      key: "measure",
      title: say("limits.measure"),
      card: "title",
      wrap: true,
      render: (cap) => (
        <>
          {cap.title} {cap.regime === "special" && <Label>{say("limits.special")}</Label>}
        </>
      ),
    },
    { key: "limit", title: say("limits.limit"), align: "right", card: "aside", render: (cap) => share(cap.limit_ppm) },
    { key: "from", title: say("limits.from"), render: (cap) => <DayText value={cap.valid_from} /> },
    { key: "to", title: say("limits.to"), render: (cap) => <DayText value={cap.valid_to} /> },
    { key: "source", title: say("limits.source"), wrap: true, render: (cap) => cap.source },
  ];
  const shown = policy.caps.filter((cap) => showsFormer || cap.in_force || cap.valid_to === null);
  return (
    <Card
      title={say("limits.title")}
      flush
      aside={
        policy.caps.length > 0 && (
          <Checkbox size="xs" label={say("limits.former")} checked={showsFormer} onChange={(event) => setShowsFormer(event.currentTarget.checked)} />
        )
      }
    >
      <DataTable
        label={say("limits.title")}
        columns={columns}
        rows={shown}
        rowKey={(cap) => `${cap.regime} ${cap.measure} ${cap.valid_from}`}
        empty={<EmptyState compact title={say("limits.none")} />}
      />
    </Card>
  );
}
