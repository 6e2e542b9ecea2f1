import { Checkbox, Group, Radio, Select, Stack, TextInput } from "@mantine/core";
import { ShareInput } from "../products/ShareInput";
import { DayInput } from "../ui/DayInput";
import { MoneyInput } from "../ui/MoneyInput";
import { WholeInput } from "../ui/WholeInput";
import { type Asked, type Desk, type Kind, later } from "./model";
import { useTexts } from "./texts";

interface Props {
  kind: Kind;
  desk: Desk;
  asked: Asked;
  onChange: (asked: Asked) => void;
}

/** What each kind of change asks for. */
export function Fields({ kind, desk, asked, onChange }: Props) {
  const say = useTexts();
  const set = (part: Asked) => onChange({ ...asked, ...part });
  const day = (name: string, label: string, least?: string, isOptional = false, more: { maxDate?: string; description?: string } = {}) => (
    <DayInput
      {...more}
      label={label}
      value={String(asked[name] ?? "")}
      onChange={(value) => set({ [name]: value || null })}
      clearable={isOptional}
      {...(least && { minDate: least })}
    />
  );
  const whole = (name: string, label: string, max: number) => (
    <WholeInput label={label} value={asked[name] as number | null} min={1} max={max} onChange={(value) => set({ [name]: value })} />
  );
  const money = (name: string, label: string) => <MoneyInput label={label} value={asked[name] as number | null} onChange={(value) => set({ [name]: value })} />;
  const line = (name: string, label: string, most: number) => (
    <TextInput label={label} required maxLength={most} value={String(asked[name] ?? "")} onChange={(event) => set({ [name]: event.currentTarget.value })} data-autofocus />
  );
  const choose = (name: string, label: string, data: { value: string; label: string }[], description?: string) => (
    <Select label={label} description={description} data={data} value={asked[name] as string | null} allowDeselect={false} onChange={(value) => set({ [name]: value })} />
  );
  const check = (name: string, label: string) => (
    <Checkbox label={label} checked={asked[name] === true} onChange={(event) => set({ [name]: event.currentTarget.checked })} />
  );
  const ways = (part: "interest" | "penalty" | "fee") => (["keep", "capitalise", "waive"] as const).map((value) => ({ value, label: say(`ways.${part}.${value}`) }));
  switch (kind) {
    case "prolonged":
      return whole("term", say("fields.term", { unit: say(`units.${desk.unit}`), count: desk.prolonged, most: desk.prolongations }), 365);
    case "redrawn":
      return (
        <Radio.Group label={say("fields.keep")} value={String(asked.keep)} onChange={(keep) => set({ keep })}>
          <Stack gap={6} mt={6}>
            <Radio value="term" label={say("keep.term")} />
            <Radio value="instalment" label={say("keep.instalment")} />
          </Stack>
        </Radio.Group>
      );
    case "holidays":
      return (
        <>
          {choose("ground", say("fields.ground"), (["income", "emergency", "service"] as const).map((value) => ({ value, label: say(`grounds.${value}`) })))}
          <Group grow align="start">
            {day("first", say("fields.firstHoliday"), later(desk.today, 1))}
            {whole("months", say("fields.months"), 60)}
          </Group>
        </>
      );
    case "paused":
      return (
        <>
          {choose("what", say("fields.what"), (["dispute", "moratorium"] as const).map((value) => ({ value, label: say(`pauses.${value}`) })))}
          <Group grow align="start">
            {day("first", say("fields.firstPaused"))}
            {day("last", say("fields.lastPaused"), asked.first ? String(asked.first) : undefined, true)}
          </Group>
          {check("interest_stops", say("fields.interestStops"))}
          {check("penalty_stops", say("fields.penaltyStops"))}
        </>
      );
    case "restructured":
      return (
        <>
          <Group grow align="start">
            {day("first_on", say("fields.firstOn"), later(desk.today, 1))}
            {whole("count", say("fields.count"), 360)}
          </Group>
          <Group grow align="start">
            {choose("unit", say("fields.unit"), (["month", "week"] as const).map((value) => ({ value, label: say(`every.${value}`) })))}
            <ShareInput label={say(`fields.rate.${desk.rate_per}`)} value={asked.rate_ppm as number | null} onChange={(value) => set({ rate_ppm: value })} />
          </Group>
          {desk.owed.interest + desk.owed.interest_overdue > 0 && choose("interest", say("fields.interest"), ways("interest"))}
          {desk.owed.penalty > 0 && choose("penalty", say("fields.penalty"), ways("penalty"), asked.penalty === "keep" ? say("penaltyKept") : undefined)}
          {desk.owed.fee > 0 && choose("fee", say("fields.fee"), ways("fee"))}
        </>
      );
    case "judged":
      return (
        <>
          {line("act", say("fields.act"), 100)}
          {day("day", say("fields.judgedOn"), undefined, false, { maxDate: desk.today, description: say("judgedOnHelp") })}
          <Group grow align="start">
            {money("principal", say("fields.awardedPrincipal"))}
            {money("interest", say("fields.awardedInterest"))}
          </Group>
          <Group grow align="start">
            {money("penalty", say("fields.awardedPenalty"))}
            {money("costs", say("fields.costs"))}
          </Group>
          {desk.owed.fee > 0 && money("fee", say("fields.awardedFee"))}
          <Group grow align="end">
            <ShareInput label={say("fields.awardedRate")} value={asked.rate_ppm as number | null} onChange={(value) => set({ rate_ppm: value })} />
            {choose("rate_per", say("fields.awardedPer"), (["year", "day"] as const).map((value) => ({ value, label: say(`pers.${value}`) })))}
          </Group>
        </>
      );
    case "sold":
      return (
        <>
          {line("buyer", say("fields.buyer"), 200)}
          {money("price", say("fields.price"))}
        </>
      );
    case "written_off":
      return line("reason", say("fields.reason"), 200);
    case "resumed":
      return null;
  }
}
