/** Which figures a card shows, from what its type is in general: never from which type it is. */
import type { Format } from "../../ui/useFormat";
import type { NodeNumbers, PaletteNode } from "../model";
import type { useTexts } from "../texts";

export interface Figure {
  readonly key: "in" | "here" | "owed" | "paid" | "returned" | "failed";
  readonly label: string;
  readonly value: string;
  /** the full figure and what it is a share of */
  readonly hint: string;
  readonly tone?: "good" | "bad";
}

interface Making {
  readonly say: ReturnType<typeof useTexts>;
  readonly format: Format;
  readonly windowDays: number;
}

export function figuresOf(numbers: NodeNumbers, kind: PaletteNode | undefined, { say, format, windowDays }: Making): Figure[] {
  const count = (key: "in" | "here" | "failed", value: number, tone?: "bad"): Figure => ({
    key,
    label: say(`figure.${key}`),
    value: value === 0 && key === "here" ? "–" : format.number(value),
    hint: say(`figure.${key}_hint`, { count: value, shown: format.number(value) }),
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
  const third = kind?.entry ? sum("owed", numbers.entered_amount) : sum("returned", numbers.paid_amount);
  if (numbers.failed > 0) return [entered, count("failed", numbers.failed, "bad"), third];
  return [entered, kind?.rests || numbers.here > 0 ? count("here", numbers.here) : paid, third];
}
