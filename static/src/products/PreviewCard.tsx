import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { api, type ApiError } from "../api/client";
import { DayInput } from "../ui/DayInput";
import { localDay } from "../ui/localTime";
import { MoneyInput } from "../ui/MoneyInput";
import { Card } from "../ui/Page";
import { ProblemList } from "../ui/states";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import { useFormat } from "../ui/useFormat";
import { DayText, Money } from "../ui/Values";
import { WholeInput } from "../ui/WholeInput";
import type { Preview, Terms } from "./model";
import classes from "./Products.module.css";
import { useTexts } from "./texts";

type Line = Preview["lines"][number];

function Figure({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.figure}>
      {title}
      <strong>{children}</strong>
    </div>
  );
}

function Found({ preview }: { preview: Preview }) {
  const say = useTexts();
  const { number } = useFormat();
  const money = (key: "amount" | "principal" | "interest" | "fee" | "left", title: string): Column<Line> => ({
    key,
    title,
    align: "right",
    render: (line) => <Money value={line[key]} full />,
  });
  const hasFees = preview.lines.some((line) => line.fee > 0);
  const columns: Column<Line>[] = [
    { key: "number", title: say("preview.number"), render: (line) => line.number },
    { key: "due", title: say("preview.due"), card: "title", render: (line) => <DayText value={line.due_on} /> },
    { ...money("amount", say("preview.amount")), card: "aside" },
    money("principal", say("preview.principalPart")),
    money("interest", say("preview.interest")),
    ...(hasFees ? [money("fee", say("preview.fee"))] : []),
    money("left", say("preview.left")),
  ];
  return (
    <>
      <div className={classes.figures}>
        <Figure title={say("preview.fullCost")}>{say("preview.fullCostYear", { rate: `${number(preview.cost.rate / 1000, 3)}\u00a0%` })}</Figure>
        <Figure title={say("preview.overpaid")}>
          <Money value={preview.charges} full />
        </Figure>
        <Figure title={say("preview.total")}>
          <Money value={preview.total} full />
        </Figure>
        {preview.issue_fee > 0 && (
          <Figure title={say("preview.keptBack")}>
            <Money value={preview.issue_fee} full />
          </Figure>
        )}
        <Figure title={say("preview.ends")}>
          <DayText value={preview.ends_on} />
        </Figure>
      </div>
      <div className={classes.lines}>
        <DataTable label={say("preview.title")} columns={columns} rows={preview.lines} rowKey={(line) => line.number} empty={null} />
      </div>
    </>
  );
}

/** A loan on these terms, as it would be: drawn up by the server while one types. */
export function PreviewCard({ terms }: { terms: Terms | null }) {
  const say = useTexts();
  const [principal, setPrincipal] = useState<number | null>(terms ? terms.principal_max : null);
  const [term, setTerm] = useState<number | null>(terms ? terms.term_max : null);
  const [issuedOn, setIssuedOn] = useState(localDay(0));
  const asked = terms && principal && term && issuedOn ? { terms, principal, term, issued_on: issuedOn } : null;
  const [settled] = useDebouncedValue(asked && JSON.stringify(asked), 300);
  const { data, error, isPlaceholderData } = useQuery<Preview, ApiError>({
    queryKey: ["/products/preview", settled],
    queryFn: () => api.post<Preview>("/products/preview", JSON.parse(settled ?? "{}")),
    enabled: settled !== null,
    retry: false,
    placeholderData: keepPreviousData,
  });
  return (
    <Card title={say("preview.title")}>
      <div className={classes.row}>
        <MoneyInput label={say("preview.principal")} value={principal} onChange={setPrincipal} />
        <WholeInput label={say("preview.term")} value={term} min={1} max={10_950} onChange={setTerm} />
        <DayInput label={say("preview.issuedOn")} value={issuedOn} onChange={setIssuedOn} />
      </div>
      {!asked && <p className="ks-muted">{say("preview.incomplete")}</p>}
      {asked && error && (
        <div className={classes.warning} role="alert">
          {error.problems.length > 0 ? say("preview.refused") : error.message}
          <ProblemList error={error} />
        </div>
      )}
      {asked && !error && data && (
        <div className={isPlaceholderData ? classes.stale : undefined}>
          <Found preview={data} />
        </div>
      )}
    </Card>
  );
}
