import { Button, NativeSelect } from "@mantine/core";
import dayjs from "dayjs";
import { useState } from "react";
import { api, useGet } from "../api/client";
import type { CalendarDay, CalendarYear } from "../api/types/policies";
import { useRight } from "../app/me";
import { ask } from "../ui/confirm";
import { localDay } from "../ui/localTime";
import { Card, Page } from "../ui/Page";
import { CardSkeletons, ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import classes from "./Policies.module.css";
import { useTexts } from "./texts";

/** Days of a January that began on a Monday. */
const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;

function Month({ days, chosen, onChoose }: { days: readonly CalendarDay[]; chosen: string | null; onChoose: (day: CalendarDay) => void }) {
  const { language, dayFull } = useFormat();
  const say = useTexts();
  const first = days[0];
  if (!first) return null;
  const date = new Date(`${first.day}T12:00:00Z`);
  const name = new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" }).format(date);
  const before = (dayjs(first.day).day() + 6) % 7;
  return (
    <section className={classes.month}>
      <h2>{name}</h2>
      <div className={classes.weeks}>
        {WEEK.map((day) => (
          <span key={day} className={classes.weekday} aria-hidden="true">
            {new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2024, 0, day))}
          </span>
        ))}
        {days.map((one, index) => (
          <button
            key={one.day}
            type="button"
            className={classes.day}
            style={index === 0 ? { gridColumnStart: before + 1 } : undefined}
            data-rest={one.rest || undefined}
            data-decreed={one.decreed || undefined}
            aria-pressed={chosen === one.day}
            aria-label={`${dayFull(one.day)}: ${say(one.rest ? "calendar.rest" : "calendar.working")}${one.name ? `, ${one.name}` : ""}`}
            title={one.name ?? undefined}
            onClick={() => onChoose(one)}
          >
            {Number(one.day.slice(8))}
          </button>
        ))}
      </div>
    </section>
  );
}

function Chosen({ country, day }: { country: string; day: CalendarDay }) {
  const say = useTexts();
  const { dayFull } = useFormat();
  const mayEdit = useRight("policy.edit");
  const act = useAct((body: { rest: boolean | null; note: string }) => api.put(`/calendar/${country}/${day.day}`, body), { refresh: ["/calendar"], done: say("calendar.saved") });
  const set = async (rest: boolean | null) => {
    const note = rest === null ? "" : await ask({ title: dayFull(day.day), label: say("calendar.note"), action: say(rest ? "calendar.makeRest" : "calendar.makeWorking") });
    if (note !== null) act.mutate({ rest, note });
  };
  return (
    <div className={classes.chosen} role="status">
      <strong>{dayFull(day.day)}</strong>
      <Label tone={day.rest ? "warn" : "quiet"}>{say(day.rest ? "calendar.rest" : "calendar.working")}</Label>
      {day.name && <span>{day.name}</span>}
      {day.decreed && <span className="ks-muted">{say("calendar.decreed")}</span>}
      {mayEdit && (
        <>
          <Button size="compact-sm" variant="default" loading={act.isPending} onClick={() => void set(!day.rest)}>
            {say(day.rest ? "calendar.makeWorking" : "calendar.makeRest")}
          </Button>
          {day.decreed && (
            <Button size="compact-sm" variant="default" loading={act.isPending} onClick={() => void set(null)}>
              {say("calendar.usual")}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

/** A year of working days and days of rest, decrees among them. */
export function CalendarPage() {
  const say = useTexts();
  const [country, setCountry] = useState("RU");
  const [year, setYear] = useState(Number(localDay().slice(0, 4)));
  const [chosen, setChosen] = useState<string | null>(null);
  const { data, error, refetch } = useGet<CalendarYear>(`/calendar/${country}/${year}`);
  const months = Array.from({ length: 12 }, (_, month) => data?.days.filter((one) => Number(one.day.slice(5, 7)) === month + 1) ?? []);
  const day = data?.days.find((one) => one.day === chosen);
  return (
    <Page
      title={say("calendar.titleOf", { year })}
      crumb={{ title: say("title"), to: "/policies" }}
      actions={
        <>
          {data && <NativeSelect aria-label={say("calendar.country")} value={country} data={data.countries.map((one) => ({ value: one.key, label: one.title }))} onChange={(event) => setCountry(event.currentTarget.value)} />}
          <Button variant="default" onClick={() => setYear(year - 1)}>
            {year - 1}
          </Button>
          <Button variant="default" onClick={() => setYear(year + 1)}>
            {year + 1}
          </Button>
        </>
      }
    >
      {!data && error && <ErrorState error={error} retry={() => void refetch()} />}
      {!data && !error && <CardSkeletons cards={2} height={320} />}
      {data && (
        <Card>
          {day ? <Chosen country={country} day={day} /> : <p className={classes.note}>{say("calendar.choose")}</p>}
          <div className={classes.year}>
            {months.map((days, index) => (
              <Month key={index} days={days} chosen={chosen} onChoose={(one) => setChosen(one.day)} />
            ))}
          </div>
        </Card>
      )}
    </Page>
  );
}
