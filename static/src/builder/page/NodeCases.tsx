import { Link } from "react-router";

import { useGet } from "../../api/client";
import { useFormat } from "../../ui/useFormat";
import type { CaseRow } from "../model";
import { usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

interface CasePage {
  readonly items: readonly CaseRow[];
  readonly total: number;
}

/** The loans that stand at a step now, with a way to each loan. */
export function NodeCases({ node }: { node: string }) {
  const { counted } = usePlace();
  const say = useTexts();
  const format = useFormat();
  const answer = useGet<CasePage>(`/versions/${counted?.id ?? 0}/nodes/${node}/cases`, {
    query: { state: "here", size: 50 },
    enabled: counted !== null,
    every: 10_000,
  });
  if (!counted) return <p>{say("inspector.unpublished")}</p>;
  const items = answer.data?.items ?? [];
  if (answer.data && items.length === 0) return <p>{say("inspector.nobody")}</p>;
  return (
    <div>
      {items.map((row) => (
        <div key={row.case_id} className={classes.row}>
          <Link to={`/loans/${row.loan_id}`}>{row.loan_external_id}</Link>
          <span>{format.money(row.overdue)}</span>
        </div>
      ))}
    </div>
  );
}
