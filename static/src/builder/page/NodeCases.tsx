import { Button, SegmentedControl, Select } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import { useGet } from "../../api/client";
import { ErrorState } from "../../ui/states";
import { useFormat } from "../../ui/useFormat";
import { Instant } from "../../ui/Values";
import type { CaseRow } from "../model";
import { useLens } from "../numbers/lens";
import { useBuilder, useGrammar, usePlace } from "../state/context";
import { CASE_STATES } from "../store";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

interface CasePage {
  readonly items: readonly CaseRow[];
  readonly total: number;
}

const PAGE = 25;

/** The loans of a step: those that stand there, went on, or failed; each leads to its card. */
export default function NodeCases({ node }: { node: string }) {
  const { counted } = usePlace();
  const say = useTexts();
  const format = useFormat();
  const { store } = usePlace();
  const grammar = useGrammar();
  const { query } = useLens();
  const { state, port } = useBuilder((builder) => builder.cases);
  const drawn = useBuilder((builder) => builder.document.nodes.find((item) => item.id === node));
  const [size, setSize] = useState(PAGE);
  const answer = useGet<CasePage>(`/versions/${counted?.id ?? 0}/nodes/${node}/cases`, {
    query: { ...query, state, size, port },
    keep: true,
    enabled: counted !== null,
    every: 10_000,
  });
  if (!counted) return <p className="ks-muted">{say("inspector.unpublished")}</p>;
  const ports = drawn ? grammar.portsOf(drawn) : [];
  const named = ports.map((way) => ({ value: way.key, label: say("cases.way", { port: way.title }) }));
  const ways = port === null || ports.some((way) => way.key === port) ? named : [...named, { value: port, label: say("cases.way", { port: say.known(`ends.${port}`, port) }) }];
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
          store.getState().set({ cases: { state: value, port: null } });
          setSize(PAGE);
        }}
        data={CASE_STATES.map((value) => ({ value, label: say(`cases.${value}`) }))}
      />
      {state === "left" && ways.length > 1 && (
        <Select
          size="xs"
          mt={6}
          aria-label={say("cases.any_way")}
          data={[{ value: "", label: say("cases.any_way") }, ...ways]}
          value={port ?? ""}
          allowDeselect={false}
          onChange={(value) => store.getState().set({ cases: { state, port: value || null } })}
        />
      )}
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
