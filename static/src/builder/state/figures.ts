/** Which figures a card shows, from what its type is in general: never from which type it is. */
import type { Format } from "../../ui/useFormat";
import type { NodeNumbers, PaletteNode } from "../model";
import type { CaseFilter } from "../store";
import type { useTexts } from "../texts";
import { seenAt } from "./derived";

export interface Figure {
  readonly key: "in" | "here" | "owed" | "paid" | "returned" | "failed" | "dwell";
  readonly label: string;
  readonly value: string;
  /** the full figure and what it is a share of */
  readonly hint: string;
  readonly tone?: "good" | "bad";
  /** the loans behind the figure */
  readonly cases?: CaseFilter;
}

const CASES = { in: { state: "entered", port: null }, here: { state: "here", port: null }, failed: { state: "failed", port: null } } as const;

interface Making {
  readonly say: ReturnType<typeof useTexts>;
  readonly format: Format;
  readonly windowDays: number;
}

export function figuresOf(numbers: NodeNumbers, kind: PaletteNode | undefined, { say, format, windowDays }: Making): Figure[] {
  const seen = seenAt(numbers);
  const hintOf = (key: "in" | "here" | "failed", value: number) => {
    const said = say(`figure.${key}_hint`, { count: value, shown: format.number(value) });
    if (key === "in" || seen === 0) return said;
    return `${said} · ${say("figure.share_hint", { share: format.percent(value / seen, 1), entered: format.number(seen) })}`;
  };
  const count = (key: "in" | "here" | "failed", value: number, tone?: "bad"): Figure => ({
    key,
    label: say(`figure.${key}`),
    value: value === 0 && key === "here" ? "–" : format.number(value),
    hint: hintOf(key, value),
    cases: CASES[key],
    ...(tone && { tone }),
  });
  const sum = (key: "owed" | "returned", value: number): Figure => ({
    key,
    label: say(`figure.${key}`),
    value: format.moneyShort(value),
    hint: say(`figure.${key}_hint`, { money: format.money(value), days: windowDays }),
  });
  const share = numbers.entered > 0 ? numbers.paid_cases / numbers.entered : 0;
  const paid: Figure = {
    key: "paid",
    label: say("figure.paid", { days: windowDays }),
    value: numbers.entered > 0 ? format.percent(share) : "–",
    hint: say("figure.paid_hint", {
      cases: format.number(numbers.paid_cases),
      entered: format.number(numbers.entered),
      days: windowDays,
    }),
  };
  const entered = count("in", numbers.entered);
  if (kind?.terminal) return [entered, sum("owed", numbers.entered_amount)];
  const dwell: Figure = {
    key: "dwell",
    label: say("figure.dwell"),
    value: numbers.dwell === null ? "–" : format.span(numbers.dwell),
    hint: say("figure.dwell_hint", { span: format.span(numbers.dwell ?? 0), count: format.number(numbers.left) }),
  };
  const money = kind?.entry ? sum("owed", numbers.entered_amount) : sum("returned", numbers.paid_amount);
  const third = kind?.group === "wait" ? dwell : money;
  if (numbers.failed > 0) return [entered, count("failed", numbers.failed, "bad"), third];
  return [entered, kind?.rests || numbers.here > 0 ? count("here", numbers.here) : paid, third];
}
