import { Button, Checkbox, PasswordInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { SqlSource } from "../api/types/databases";
import type { Described, Mapping } from "../api/types/imports";
import { chosen } from "../imports/mapping";
import { MappingTable } from "../imports/MappingTable";
import { Refusal } from "../imports/Refusal";
import { Card } from "../ui/Page";
import { useAct } from "../ui/useAct";
import settings from "../ui/Settings.module.css";
import classes from "./Databases.module.css";
import { clock, minuteOf } from "./starting";
import { useTexts } from "./texts";

const KINDS = ["loans", "borrowers", "payments", "signals"] as const;
const EVERY = ["hand", "15", "60", "240", "1440"] as const;

interface Values {
  name: string;
  kind: string;
  url: string;
  query: string;
  mapping: Mapping;
  growing: string | null;
  partial: boolean;
  every: number | null;
  starting: number;
  enabled: boolean;
}

const BLANK: Values = {
  name: "",
  kind: "loans",
  url: "",
  query: "",
  mapping: {},
  growing: null,
  partial: false,
  every: null,
  starting: 0,
  enabled: false,
};

function valuesOf(source: SqlSource): Values {
  const { name, kind, query, mapping, growing, partial, every, starting, enabled } = source;
  return { name, kind, url: "", query, mapping, growing, partial, every, starting, enabled };
}

/** The first rows of the query, as they came. */
function Samples({ tried }: { tried: Described }) {
  const say = useTexts();
  const rows = Math.max(0, ...tried.columns.map((column) => column.samples.length));
  return (
    <div className={classes.samples} role="region" aria-label={say("form.tried")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {tried.columns.map((column) => (
              <th key={column.name} scope="col">
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: Math.min(rows, 5) }, (_, row) => (
            <tr key={row}>
              {tried.columns.map((column) => (
                <td key={column.name}>{column.samples[row]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function columnsOf(values: Values, tried: Described | undefined): string[] {
  const known = tried?.columns.map((column) => column.name) ?? [];
  return values.growing && !known.includes(values.growing) ? [values.growing, ...known] : known;
}

/** Set a database up: address and query, the first rows, which column is what, when. */
export function SourceForm({ source, onClose }: { source: SqlSource | null; onClose: () => void }) {
  const say = useTexts();
  const [values, setValues] = useState<Values>(() => (source ? valuesOf(source) : BLANK));
  const put = (part: Partial<Values>) => setValues((former) => ({ ...former, ...part }));
  const attempt = useAct(
    () => api.post<Described>("/sql-sources/try", { source_id: source?.id ?? null, url: values.url || null, kind: values.kind, query: values.query }),
    {
      refresh: [],
      quiet: true,
      // what was assigned before stays
      onDone: (tried) => put({ mapping: { ...tried.mapping, ...chosen(values.mapping) } }),
    },
  );
  const save = useAct(
    () => {
      const body = { ...values, url: values.url || null, mapping: chosen(values.mapping) };
      return source ? api.put(`/sql-sources/${source.id}`, body) : api.post("/sql-sources", body);
    },
    { refresh: ["/sql-sources"], quiet: true, done: say("form.saved"), onDone: onClose },
  );
  const problems = save.error instanceof ApiError ? save.error.problems : [];
  const wrong = (field: string) => problems.find((problem) => problem.field === field)?.text;
  const tried = attempt.data?.kind === values.kind ? attempt.data : undefined;
  const mayTry = values.query.trim() !== "" && (values.url !== "" || source !== null);
  return (
    <Card title={source?.name ?? say("form.new")}>
      <form
        className={settings.form}
        noValidate
        aria-label={source?.name ?? say("form.new")}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <div className={settings.pair}>
          <TextInput
            label={say("form.name")}
            required
            maxLength={100}
            value={values.name}
            error={wrong("name")}
            onChange={(event) => put({ name: event.currentTarget.value })}
          />
          <Select
            label={say("form.kind")}
            allowDeselect={false}
            value={values.kind}
            data={KINDS.map((value) => ({ value, label: say(`kinds.${value}`) }))}
            onChange={(value) => value && put({ kind: value, mapping: {} })}
          />
        </div>
        <PasswordInput
          label={say("form.url")}
          required={!source}
          maxLength={1000}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ "aria-label": say("form.show") }}
          description={source ? say("form.urlKept", { address: source.address }) : say("form.urlHelp")}
          value={values.url}
          error={wrong("url")}
          onChange={(event) => put({ url: event.currentTarget.value })}
        />
        <Textarea
          className={classes.query ?? ""}
          label={say("form.query")}
          description={say("form.queryHelp")}
          required
          autosize
          minRows={3}
          maxRows={14}
          maxLength={20_000}
          spellCheck={false}
          value={values.query}
          error={wrong("query")}
          onChange={(event) => put({ query: event.currentTarget.value })}
        />
        <div className={settings.buttons}>
          <Button variant="default" disabled={!mayTry} loading={attempt.isPending} onClick={() => attempt.mutate(undefined)}>
            {say("form.try")}
          </Button>
          {!tried && !attempt.error && <span className="ks-muted">{say("form.tryFirst")}</span>}
        </div>
        {attempt.error && <Refusal error={attempt.error} />}
        {tried && <Samples tried={tried} />}
        {tried && (
          <MappingTable key={attempt.submittedAt} upload={tried} mapping={values.mapping} isLocked={false} columnOf="query" onChange={(mapping) => put({ mapping })} />
        )}
        <Select
          label={say("form.growing")}
          description={say("form.growingHelp")}
          placeholder={say("form.growingNone")}
          clearable
          value={values.growing}
          data={columnsOf(values, tried)}
          error={wrong("growing")}
          onChange={(growing) => put({ growing })}
        />
        <div className={settings.pair}>
          <Select
            label={say("form.every")}
            allowDeselect={false}
            value={values.every === null ? "hand" : String(values.every)}
            data={EVERY.map((value) => ({ value, label: say(`every.${value}`) }))}
            onChange={(value) => put({ every: value === null || value === "hand" ? null : Number(value) })}
          />
          {values.every !== null && (
            <TextInput
              type="time"
              label={say("form.at")}
              value={clock(values.starting)}
              onChange={(event) => put({ starting: minuteOf(event.currentTarget.value) })}
            />
          )}
        </div>
        <Checkbox
          label={say("form.partial")}
          description={say("form.partialHelp")}
          checked={values.partial}
          onChange={(event) => put({ partial: event.currentTarget.checked })}
        />
        <Switch label={say("form.enabled")} checked={values.enabled} onChange={(event) => put({ enabled: event.currentTarget.checked })} />
        {save.error && <Refusal error={save.error} />}
        <div className={settings.buttons}>
          <Button type="submit" loading={save.isPending}>
            {say("form.save")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {say("form.cancel")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
