import { useFormat } from "./useFormat";

const NOTHING = "–";

/** A sum in short form; the sum to the kopeck on hover. `full` shows it at once. */
export function Money({ value, full = false }: { value: number | null | undefined; full?: boolean }) {
  const { money, moneyShort } = useFormat();
  if (value === null || value === undefined) return <span className="ks-muted">{NOTHING}</span>;
  const exact = money(value);
  return <span title={exact}>{full ? exact : moneyShort(value)}</span>;
}

/** A moment on the portfolio's clock, as people say it; to the second on hover. */
export function Instant({ value }: { value: string | null | undefined }) {
  const { instant, instantFull } = useFormat();
  if (!value) return <span className="ks-muted">{NOTHING}</span>;
  return (
    <time dateTime={value} title={instantFull(value)}>
      {instant(value)}
    </time>
  );
}

/** A calendar day as people say it; with year and weekday on hover. */
export function DayText({ value }: { value: string | null | undefined }) {
  const { day, dayFull } = useFormat();
  if (!value) return <span className="ks-muted">{NOTHING}</span>;
  return (
    <time dateTime={value} title={dayFull(value)}>
      {day(value)}
    </time>
  );
}

/** A count with grouped digits; nothing is a dash, zero is zero. */
export function Count({ value }: { value: number | null | undefined }) {
  const { number } = useFormat();
  if (value === null || value === undefined) return <span className="ks-muted">{NOTHING}</span>;
  return <>{number(value)}</>;
}
