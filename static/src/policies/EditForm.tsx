import { Button, MultiSelect, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import type { Policy, PolicyDocument, PolicyVersion } from "../api/types/policies";
import { Card } from "../ui/Page";
import { instantFromLocal } from "../ui/localTime";
import { ErrorState } from "../ui/states";
import { useAct } from "../ui/useAct";
import { WholeInput } from "../ui/WholeInput";
import { type LimitRow, limitOf, rowOf, SORTS, SPANS } from "./limits";
import classes from "./Policies.module.css";
import { useTexts } from "./texts";

const CHANNELS = ["sms", "email", "messenger", "push", "robot_call", "operator_call", "letter"] as const;

function Limits({ policy, rows, onChange }: { policy: Policy; rows: readonly LimitRow[]; onChange: (rows: LimitRow[]) => void }) {
  const say = useTexts();
  const put = (index: number, change: Partial<LimitRow>) => onChange(rows.map((row, place) => (place === index ? { ...row, ...change } : row)));
  const choice = <Key extends string>(label: string, value: Key, options: readonly (readonly [Key, string])[], set: (key: Key) => void) => (
    <NativeSelect
      size="xs"
      aria-label={label}
      value={value}
      data={options.map(([key, title]) => ({ value: key, label: title }))}
      onChange={(event) => set(event.currentTarget.value as Key)}
    />
  );
  return (
    <fieldset className={classes.limits}>
      <legend>{say("edit.limits")}</legend>
      {rows.map((row, index) => (
        <div key={index} className={`${classes.limit} ${classes.edited}`}>
          {choice(say("edit.kind"), row.kind, policy.kinds.map((one) => [one.key, say.known(`kinds.${one.key}`, one.title)] as const), (kind) => put(index, { kind }))}
          <WholeInput label={say("edit.most")} value={row.contacts} min={0} max={1000} onChange={(contacts) => put(index, { contacts: contacts ?? 0 })} />
          {choice(say("edit.span"), row.span, SPANS.map((one) => [one, say(`spans.${one}`)] as const), (span) => put(index, { span }))}
          {row.span === "days" ? (
            <WholeInput label={say("edit.days")} value={row.days} min={1} max={31} onChange={(days) => put(index, { days: days ?? 1 })} />
          ) : (
            choice(say("edit.sort"), row.sort, SORTS.map((one) => [one, say(`sorts.${one}`)] as const), (sort) => put(index, { sort }))
          )}
          {choice(say("edit.per"), row.per, [["borrower", say("per.borrower")], ["loan", say("per.loan")]], (per) => put(index, { per }))}
          {choice(say("edit.counts"), row.counts, [["attempts", say("counts.attempts")], ["talks", say("counts.talks")]], (counts) => put(index, { counts }))}
          <Button size="compact-xs" variant="default" onClick={() => onChange(rows.filter((_, place) => place !== index))}>
            {say("edit.remove")}
          </Button>
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => onChange([...rows, { kind: "message", contacts: 1, span: "day", sort: "both", days: 1, per: "borrower", counts: "attempts" }])}
      >
        {say("edit.add")}
      </Button>
    </fieldset>
  );
}

function HoursInput({ label, value, onChange }: { label: string; value: [string, string]; onChange: (hours: [string, string]) => void }) {
  const say = useTexts();
  return (
    <div className={classes.hours}>
      <TextInput type="time" label={`${label}, ${say("edit.opens")}`} value={value[0]} onChange={(event) => onChange([event.currentTarget.value, value[1]])} />
      <TextInput type="time" label={say("edit.closes")} value={value[1]} onChange={(event) => onChange([value[0], event.currentTarget.value])} />
    </div>
  );
}

/** A new dated version, or a draft of one; it begins with what is in force. */
export function EditForm({ policy, version, onClose }: { policy: Policy; version: PolicyVersion | null; onClose: () => void }) {
  const say = useTexts();
  const begin = version?.document ?? policy.document;
  const [draft, setDraft] = useState<PolicyDocument>(begin);
  const [rows, setRows] = useState<LimitRow[]>(begin.limits.map(rowOf));
  const [from, setFrom] = useState("");
  const [note, setNote] = useState(version?.note ?? "");
  const set = (change: Partial<PolicyDocument>) => setDraft((former) => ({ ...former, ...change }));
  const body = {
    document: { ...draft, limits: rows.map(limitOf) },
    valid_from: from ? instantFromLocal(from) : (version?.valid_from ?? null),
    note,
  };
  const save = useAct(
    () => (version ? api.put(`/policies/versions/${version.id}`, { ...body, changed_at: version.changed_at }) : api.post(`/policies/${policy.key}/versions`, body)),
    { refresh: ["/policies"], quiet: true, done: say("edit.saved"), onDone: onClose },
  );
  return (
    <Card title={say(version ? "edit.draft" : "edit.new")}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        {save.error && <ErrorState compact error={save.error} />}
        <Limits policy={policy} rows={rows} onChange={setRows} />
        <HoursInput label={say("edit.working")} value={draft.hours.working} onChange={(working) => set({ hours: { ...draft.hours, working } })} />
        <HoursInput label={say("edit.rest")} value={draft.hours.rest} onChange={(rest) => set({ hours: { ...draft.hours, rest } })} />
        <MultiSelect
          label={say("edit.channelsOff")}
          data={CHANNELS.map((key) => ({ value: key, label: say(`channels.${key}`) }))}
          value={draft.channels_off}
          onChange={(channels_off) => set({ channels_off })}
        />
        <WholeInput
          label={say("edit.refusal")}
          value={draft.refusal_from_days}
          min={0}
          max={3650}
          placeholder={say("edit.anyTime")}
          onChange={(refusal_from_days) => set({ refusal_from_days })}
        />
        <TextInput label={say("edit.source")} value={draft.source} maxLength={500} onChange={(event) => set({ source: event.currentTarget.value })} />
        <TextInput type="datetime-local" label={say("edit.from")} description={say("edit.fromText")} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <Textarea label={say("edit.note")} value={note} autosize minRows={2} maxLength={2000} onChange={(event) => setNote(event.currentTarget.value)} />
        <div className={classes.acts}>
          <Button type="submit" loading={save.isPending}>
            {say("edit.save")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {say("edit.cancel")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
