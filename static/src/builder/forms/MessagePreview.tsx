import { Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ApiError, useGet } from "../../api/client";
import { useFormat } from "../../ui/useFormat";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./forms.module.css";

interface Preview {
  readonly loan: { readonly id: number; readonly external_id: string; readonly dpd: number; readonly name: string | null } | null;
  readonly text: string | null;
  readonly length: { readonly characters: number; readonly encoding: string; readonly segments: number; readonly room: number; readonly odd: string | null } | null;
  readonly sample: { readonly loans: number; readonly segments: readonly { readonly segments: number; readonly loans: number }[] } | null;
  readonly segment_price: number;
}

interface LoanRow {
  readonly id: number;
  readonly external_id: string;
  readonly dpd: number;
}

const PAUSE = 400;
/** Only Latin text gets along with the cheap alphabet; naming one odd sign helps only where the rest is Latin. */
const CYRILLIC = /\p{Script=Cyrillic}/u;

/** The loan that texts are shown for; found by its number or the borrower's name. */
function LoanPicker({ shown }: { shown: Preview["loan"] }) {
  const { store } = usePlace();
  const say = useTexts();
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search, 250);
  const answer = useGet<{ items: LoanRow[] }>("/loans", { query: { q: asked === shown?.external_id ? "" : asked, size: 8, sort: "-dpd" }, keep: true });
  const found = (answer.data?.items ?? []).map((loan) => ({ value: String(loan.id), label: loan.external_id, dpd: loan.dpd }));
  const data = shown && !found.some((loan) => loan.value === String(shown.id)) ? [{ value: String(shown.id), label: shown.external_id, dpd: shown.dpd }, ...found] : found;
  return (
    <Select
      size="xs"
      aria-label={say("template.for_loan")}
      placeholder={say("template.find_loan")}
      searchable
      allowDeselect={false}
      data={data}
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <span>
          {option.label} <span className="ks-muted">{say("template.dpd", { count: data.find((loan) => loan.value === option.value)?.dpd ?? 0 })}</span>
        </span>
      )}
      value={shown ? String(shown.id) : null}
      onSearchChange={setSearch}
      onChange={(value) => value && store.getState().set({ previewLoan: Number(value) })}
      data-testid="preview-loan"
    />
  );
}

/** What an SMS costs: its parts for this loan, and over many. */
function Cost({ preview }: { preview: Preview }) {
  const say = useTexts();
  const format = useFormat();
  const { length, sample, segment_price: price } = preview;
  if (!length) return null;
  const parts = (count: number) => say("template.segments", { count });
  const total = sample?.segments.reduce((sum, part) => sum + part.segments * part.loans, 0) ?? 0;
  const isDear = length.odd !== null && !CYRILLIC.test(preview.text ?? "");
  return (
    <div className={classes.cost} data-testid="preview-cost">
      <strong>{`${say("template.length", { count: length.characters })} · ${parts(length.segments)}`}</strong>
      {price > 0 && (
        <span>
          {say("template.cost", { money: format.money(length.segments * price) })} <span className="ks-muted">({say("template.tariff", { price: format.money(price) })})</span>
        </span>
      )}
      <span className="ks-muted">{say("template.alphabet", { encoding: length.encoding, room: length.room })}</span>
      {isDear && <span className={classes.dear}>{say("template.odd", { sign: length.odd ?? "" })}</span>}
      {sample && sample.loans > 1 && (
        <span className="ks-muted">
          {say("template.sample", {
            loans: format.number(sample.loans),
            parts: sample.segments.map((part) => say("template.sample_part", { share: format.percent(part.loans / sample.loans, 0), segments: parts(part.segments) })).join(", "),
            money: format.money(Math.round((total * price) / sample.loans)),
          })}
        </span>
      )}
    </div>
  );
}

/** A message as one borrower would read it; an SMS with its length and cost. */
export function MessagePreview({ template, isSms }: { template: string; isSms: boolean }) {
  const say = useTexts();
  const loan = useBuilder((state) => state.previewLoan);
  const [asked] = useDebouncedValue(template, PAUSE);
  const answer = useQuery({
    queryKey: ["/preview/message", asked, loan],
    queryFn: () => api.post<Preview>("/preview/message", { template: asked, loan_id: loan }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
  const preview = answer.data;
  if (answer.error instanceof ApiError && answer.error.isOffline) return <Text size="xs" c="dimmed">{say("template.away")}</Text>;
  if (!preview) return <Text size="xs" c="dimmed">{say("template.loading")}</Text>;
  return (
    <section className={classes.preview} aria-label={say("template.preview")} data-stale={answer.isFetching || undefined}>
      <div className={classes.previewHead}>
        <span>{say("template.preview")}</span>
        <LoanPicker shown={preview.loan} />
      </div>
      {preview.text !== null && (
        <div className={classes.bubble} data-testid="preview-text">
          {preview.text}
        </div>
      )}
      {preview.loan === null && preview.text === null && asked === template && <Text size="xs" c="dimmed">{say("template.no_loan")}</Text>}
      {isSms && <Cost preview={preview} />}
    </section>
  );
}
