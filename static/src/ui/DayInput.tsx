import "@mantine/dates/styles.css";
import { DateInput, type DateInputProps } from "@mantine/dates";
import dayjs from "dayjs";
import { useUiTexts } from "./texts";
import { useFormat } from "./useFormat";

type Props = Omit<DateInputProps, "value" | "onChange" | "dateParser" | "valueFormat"> & {
  /** `YYYY-MM-DD`, empty for no day. */
  value: string;
  onChange: (day: string) => void;
};

/** «1.12.2026», "01/12/2026" and "2026-12-01" are the same day. */
function readDay(text: string): string | null {
  const parts = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(text.trim());
  const found = parts ? dayjs(`${parts[3]}-${parts[2]?.padStart(2, "0")}-${parts[1]?.padStart(2, "0")}`) : dayjs(text);
  return found.isValid() ? found.format("YYYY-MM-DD") : null;
}

/** A day, typed or picked; in the language of the page and not of the machine. */
export function DayInput({ value, onChange, ...rest }: Props) {
  const { language } = useFormat();
  const say = useUiTexts();
  return (
    <DateInput
      {...rest}
      value={value || null}
      onChange={(day) => onChange(day ?? "")}
      dateParser={readDay}
      valueFormat="DD.MM.YYYY"
      locale={language}
      firstDayOfWeek={1}
      clearButtonProps={{ "aria-label": say("clear") }}
      previousLabel={say("day.previous")}
      nextLabel={say("day.next")}
      popoverProps={{ withinPortal: true }}
    />
  );
}
