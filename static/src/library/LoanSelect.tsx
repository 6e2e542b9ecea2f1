import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useGet } from "../api/client";
import type { Look } from "../api/types/library";
import { useTexts } from "./texts";

interface LoanRow {
  readonly id: number;
  readonly external_id: string;
  readonly dpd: number;
}

/** The loan that texts are shown for, found by its number or the borrower's name; without one, example values. */
export function LoanSelect({ shown, onChange }: { shown: Look["loan"]; onChange: (loan: number | null) => void }) {
  const say = useTexts();
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search, 250);
  const answer = useGet<{ items: LoanRow[] }>("/loans", { query: { q: asked === shown?.external_id ? "" : asked, size: 8, sort: "-dpd" }, keep: true });
  const found = (answer.data?.items ?? []).map(({ id, external_id: label, dpd }) => ({ value: String(id), label, dpd }));
  const data = shown && !found.some((loan) => loan.value === String(shown.id)) ? [{ value: String(shown.id), label: shown.external_id, dpd: shown.dpd }, ...found] : found;
  return (
    <Select
      aria-label={say("preview.loan")}
      placeholder={say("preview.findLoan")}
      searchable
      clearable
      data={data}
      filter={({ options }) => options}
      nothingFoundMessage={say("preview.noLoan")}
      renderOption={({ option }) => (
        <span>
          {option.label} <span className="ks-muted">{say("preview.dpd", { count: data.find((loan) => loan.value === option.value)?.dpd ?? 0 })}</span>
        </span>
      )}
      value={shown ? String(shown.id) : null}
      onSearchChange={setSearch}
      onChange={(value) => onChange(value ? Number(value) : null)}
      data-testid="template-loan"
    />
  );
}
