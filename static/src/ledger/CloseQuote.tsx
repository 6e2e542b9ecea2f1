import { useState } from "react";
import { useGet } from "../api/client";
import type { IsoDay } from "../api/types";
import { DayInput } from "../ui/DayInput";
import { localDay } from "../ui/localTime";
import { Money } from "../ui/Values";
import type { Owed } from "./model";
import { useTexts } from "./texts";

/** What one would pay to owe nothing at the end of a day. */
export function CloseQuote({ loanId, from }: { loanId: number; from: IsoDay }) {
  const say = useTexts();
  const today = localDay();
  const [day, setDay] = useState(today < from ? from : today);
  const { data, error } = useGet<{ owed: Owed }>(`/loans/${loanId}/quote`, { query: { on: day }, keep: true, enabled: day !== "" });
  return (
    <div title={say("quote.text")}>
      <DayInput label={say("quote.title")} value={day} onChange={setDay} minDate={from} error={error?.message} />
      <span>
        {say("quote.sum")} <strong>{data ? <Money value={data.owed.balance} full /> : "–"}</strong>
      </span>
    </div>
  );
}
