import { useFormat } from "../../ui/useFormat";
import type { ScenarioNode } from "../document/types";
import { useBuilder, useGrammar } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

/** Counts and shares of one step; shares are of the cases that entered it in the period. */
export function NodeNumbersTable({ node }: { node: ScenarioNode }) {
  const say = useTexts();
  const format = useFormat();
  const grammar = useGrammar();
  const numbers = useBuilder((state) => state.numbers?.nodes[node.id]);
  const windowDays = useBuilder((state) => state.numbers?.window_days ?? 7);
  if (!numbers) return <p>{say("inspector.unpublished")}</p>;
  const titles = new Map(grammar.portsOf(node).map((port) => [port.key, port.title]));
  const share = (cases: number) =>
    numbers.entered > 0 ? `${format.number(cases)} · ${format.percent(cases / numbers.entered, 1)}` : format.number(cases);
  const rows: [string, string][] = [
    [say("inspector.entered"), format.number(numbers.entered)],
    [say("inspector.here"), format.number(numbers.here)],
    ...Object.entries(numbers.ports).map(([port, way]): [string, string] => [
      say("inspector.left", { port: titles.get(port) ?? port }),
      share(way.cases),
    ]),
    [say("inspector.failed"), share(numbers.failed)],
    [say("inspector.paid", { days: windowDays }), share(numbers.paid_cases)],
    [say("inspector.returned"), format.money(numbers.paid_amount)],
  ];
  return (
    <div data-testid="node-numbers">
      {rows.map(([label, value]) => (
        <div key={label} className={classes.row}>
          <span>{label}</span>
          <strong>{value}</strong>
        </div>
      ))}
    </div>
  );
}
