import { UnstyledButton } from "@mantine/core";

import { Facts, type Fact } from "../../ui/Facts";
import { useFormat } from "../../ui/useFormat";
import type { ScenarioNode } from "../document/types";
import { useShowCases } from "../numbers/useShowCases";
import { useBuilder, useGrammar } from "../state/context";
import type { CaseFilter } from "../store";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";
import { DayBars } from "./DayBars";

/** Ways out that no port of a step names. */
const ENDS = { cured: "ends.cured", stopped: "ends.stopped", holdout: "ends.holdout", failed: "ends.failed" } as const;

/** Counts and shares of one step; shares are of the cases that were there in the period. */
export default function NodeNumbersTable({ node }: { node: ScenarioNode }) {
  const say = useTexts();
  const format = useFormat();
  const grammar = useGrammar();
  const showCases = useShowCases();
  const all = useBuilder((state) => state.numbers);
  const numbers = all?.nodes[node.id];
  if (!all || !numbers) return <p className="ks-muted">{say("inspector.unpublished")}</p>;
  const titles = new Map(grammar.portsOf(node).map((port) => [port.key, port.title]));
  const seen = numbers.before + numbers.entered;
  const link = (shown: string, cases: CaseFilter) => (
    <UnstyledButton className={classes.count} title={say("figure.open")} onClick={(event) => showCases(event, node.id, cases)}>
      {shown}
    </UnstyledButton>
  );
  const share = (cases: number, of = seen) => (of > 0 ? `${format.number(cases)} · ${format.percent(cases / of, 1)}` : format.number(cases));
  // the ports in the order they are drawn, then the ways by which the engine itself ends a case
  const ports = [...titles.keys(), ...Object.keys(numbers.ports).filter((port) => !titles.has(port))];
  const ways = ports.map((port): Fact => {
    const words = titles.get(port) ?? (port in ENDS ? say(ENDS[port as keyof typeof ENDS]) : port);
    return { title: say("inspector.left", { port: words }), value: link(share(numbers.ports[port]?.cases ?? 0), { state: "left", port }) };
  });
  const balance = say(numbers.before > 0 ? "inspector.balance_before" : "inspector.balance", {
    before: format.number(numbers.before),
    entered: format.number(numbers.entered),
    here: format.number(numbers.here),
    left: format.number(numbers.left),
    failed: format.number(numbers.failed),
  });
  return (
    <div data-testid="node-numbers">
      <DayBars days={numbers.days} from={all.spark_from} to={all.to} windowDays={all.window_days} />
      <Facts
        facts={[
          { title: say("inspector.entered"), value: link(format.number(numbers.entered), { state: "entered", port: null }) },
          { title: say("inspector.owed"), value: format.money(numbers.entered_amount) },
          { title: say("inspector.here"), value: link(share(numbers.here), { state: "here", port: null }) },
          ...ways,
          { title: say("inspector.failed"), value: link(share(numbers.failed), { state: "failed", port: null }) },
          { title: say("inspector.lost"), value: share(numbers.lost) },
          ...(numbers.dwell === null ? [] : [{ title: say("inspector.dwell"), value: format.span(numbers.dwell) }]),
          { title: say("inspector.paid", { days: all.window_days }), value: share(numbers.paid_cases, numbers.entered) },
          { title: say("inspector.returned"), value: format.money(numbers.paid_amount) },
        ]}
      />
      <p className="ks-muted">{balance}</p>
    </div>
  );
}
