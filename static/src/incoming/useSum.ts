import type { IncomingItem } from "../api/types/incoming";
import { useFormat } from "../ui/useFormat";

/** The sum as it came: roubles as everywhere, another currency with its letters. */
export function useSum(): (item: Pick<IncomingItem, "amount" | "currency">) => string {
  const { money, number } = useFormat();
  return ({ amount, currency }) => {
    if (amount === null) return "–";
    return currency === "RUB" ? money(amount) : `${number(amount / 100, 2)} ${currency}`.trim();
  };
}
