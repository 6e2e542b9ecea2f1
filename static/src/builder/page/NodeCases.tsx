import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import { useGet } from "../../api/client";
import { ErrorState } from "../../ui/states";
import { useFormat } from "../../ui/useFormat";
import { Instant } from "../../ui/Values";
import type { CaseRow } from "../model";
import { usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

interface CasePage {
  readonly items: readonly CaseRow[];
  readonly total: number;
}

const PAGE = 25;
const STATES = ["here", "left", "failed"] as const;
type State = (typeof STATES)[number];

/** The loans of a step: those that stand there, went on, or failed; each leads to its card. */
export function NodeCases({ node }: { node: string }) {
  const { counted } = usePlace();
  const say = useTexts();
  const format = useFormat();
  const [state, setState] = useState<State>("here");
  const [size, setSize] = useState(PAGE);
  const answer = useGet<CasePage>(`/versions/${counted?.id ?? 0}/nodes/${node}/cases`, {
    query: { state, size },
    enabled: counted !== null,
    every: 10_000,
  });
  if (!counted) return <p className="ks-muted">{say("inspector.unpublished")}</p>;
  const items = answer.data?.items ?? [];
  const total = answer.data?.total ?? 0;
  return (
    <div data-testid="node-cases">
      <SegmentedControl
        fullWidth
        mt="xs"
        size="xs"
        aria-label={say("cases.state")}
        value={state}
        onChange={(value) => {
          setState(value);
          setSize(PAGE);
        }}
        data={STATES.map((value) => ({ value, label: say(`cases.${value}`) }))}
      />
      {answer.error && !answer.data && <ErrorState compact error={answer.error} retry={() => void answer.refetch()} />}
      {answer.data && items.length === 0 && <p className="ks-muted">{say(`cases.none_${state}`)}</p>}
      {items.map((row) => (
        <div key={row.case_id} className={classes.case}>
          <Link to={`/loans/${row.loan_id}`}>{row.loan_external_id}</Link>
          <strong>{format.money(row.overdue)}</strong>
          <span className="ks-muted ks-cut">{row.borrower_name}</span>
          <span className="ks-muted">
            {row.due_at ? (
              <>
                {say("inspector.due")} <Instant value={row.due_at} />
              </>
            ) : (
              <Instant value={row.entered_at} />
            )}
          </span>
          {row.error && <span className={classes.caseError}>{row.error}</span>}
        </div>
      ))}
      {total > items.length && (
        <Button mt="xs" size="compact-sm" variant="subtle" fullWidth onClick={() => setSize(Math.min(200, size + 50))} disabled={size >= 200}>
          {say("cases.more", { shown: format.number(items.length), total: format.number(total) })}
        </Button>
      )}
    </div>
  );
}
