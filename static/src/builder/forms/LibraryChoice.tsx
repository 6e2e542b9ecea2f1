import { Anchor, Button, Input, SegmentedControl, Select, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";

import { useGet } from "../../api/client";
import type { Language, Page } from "../../api/types";
import type { NamedRevision, TemplateItem } from "../../api/types/library";
import { LANGUAGES } from "../../library/model";
import { useTexts } from "../../library/texts";
import { useFormat } from "../../ui/useFormat";
import { changeParams, findNode } from "../document/commands";
import type { Params, ScenarioNode } from "../document/types";
import type { PaletteNode } from "../model";
import { useActions } from "../state/actions";
import { usePlace } from "../state/context";
import { MessagePreview } from "./MessagePreview";
import classes from "./forms.module.css";

interface Chosen {
  readonly key: string;
  readonly revision: number;
}

interface Props {
  id: string;
  kind: PaletteNode;
  node: ScenarioNode;
  chosen: Chosen | null;
  readOnly: boolean;
  errors: readonly string[];
}

/** The params that hold a text of the step's own, as its type's form has them. */
function ownTexts(kind: PaletteNode): string[] {
  const fields = (kind.params_schema.properties ?? {}) as Record<string, unknown>;
  return ["subject", "template"].filter((name) => name in fields);
}

/** What the chosen revision says, in both languages, and to the borrower of a loan. */
function Texts({ revision, isSms }: { revision: NamedRevision; isSms: boolean }) {
  const say = useTexts();
  const page = useFormat().language;
  const written = LANGUAGES.filter((language) => revision.texts[language]);
  const [asked, setAsked] = useState<Language>(page);
  const language = written.includes(asked) ? asked : (written[0] ?? "ru");
  const said = revision.texts[language];
  if (!said) return null;
  return (
    <div>
      {written.length > 1 && (
        <SegmentedControl
          fullWidth
          size="xs"
          mb={6}
          aria-label={say("columns.languages")}
          value={language}
          onChange={setAsked}
          data={written.map((value) => ({ value, label: say(`languages.${value}`) }))}
        />
      )}
      <div className={classes.libraryText} lang={language} data-testid="library-text">
        {said.subject && <strong>{said.subject}</strong>}
        {said.body}
      </div>
      <MessagePreview template={said.body} isSms={isSms} />
    </div>
  );
}

/** Where the text of a message comes from: the step itself, or the library in a revision that stays. */
export default function LibraryChoice({ id, kind, node, chosen, readOnly, errors }: Props) {
  const say = useTexts();
  const { store } = usePlace();
  const actions = useActions();
  const [isChoosing, setChoosing] = useState(false);
  const isLibrary = chosen !== null || isChoosing;
  const list = useGet<Page<TemplateItem>>("/message-templates", { query: { channel: kind.channel, state: "active", size: 200, sort: "title" }, enabled: isLibrary });
  const revision = useGet<NamedRevision>(`/message-templates/named/${encodeURIComponent(chosen?.key ?? "")}/${chosen?.revision ?? 0}`, { enabled: chosen !== null });
  const templates = list.data?.items ?? [];
  const change = (params: Params) => {
    const { document } = store.getState();
    const now = findNode(document, node.id);
    if (now) actions.apply(changeParams(document, node.id, { ...now.data.params, ...params }), `library:${node.id}`);
  };
  const choose = (key: string) => {
    const found = templates.find((template) => template.key === key);
    if (!found) return;
    setChoosing(false);
    change({ library: { key, revision: found.revision }, ...Object.fromEntries(ownTexts(kind).map((name) => [name, ""])) });
  };
  const rewrite = () => {
    setChoosing(false);
    if (!chosen) return;
    const texts = revision.data?.texts;
    const said = texts?.ru ?? texts?.en;
    const words: Record<string, string> = { subject: said?.subject ?? "", template: said?.body ?? "" };
    change({ library: null, ...Object.fromEntries(ownTexts(kind).map((name) => [name, words[name] ?? ""])) });
  };
  const shown = revision.data;
  const choices = templates.map((template) => ({ value: template.key, label: template.title }));
  if (chosen && !choices.some((choice) => choice.value === chosen.key)) choices.unshift({ value: chosen.key, label: shown?.title ?? chosen.key });
  return (
    <div className={classes.library}>
      <SegmentedControl
        fullWidth
        size="xs"
        readOnly={readOnly}
        value={isLibrary ? "library" : "own"}
        onChange={(value) => (value === "library" ? setChoosing(true) : rewrite())}
        data={[
          { value: "own", label: say("choice.own") },
          { value: "library", label: say("choice.library") },
        ]}
        data-testid="text-source"
      />
      {isLibrary && (
        <Select
          id={id}
          label={say("choice.choose")}
          placeholder={say("choice.find")}
          searchable
          allowDeselect={false}
          disabled={readOnly}
          data={choices}
          value={chosen?.key ?? null}
          nothingFoundMessage={say("choice.none")}
          error={errors.length > 0 ? errors.join("\n") : undefined}
          onChange={(key) => key && choose(key)}
          data-testid="library-choice"
        />
      )}
      {!isLibrary && errors.length > 0 && <Input.Error>{errors.join("\n")}</Input.Error>}
      {isLibrary && list.data && templates.length === 0 && !chosen && (
        <Text size="xs" c="dimmed">
          {say("choice.none")} <Link to="/templates/new">{say("new")}</Link>
        </Text>
      )}
      {chosen && shown && (
        <>
          <div className={classes.libraryHead}>
            <span className="ks-muted">{say("revision", { n: shown.number })}</span>
            <Anchor size="xs" component={Link} to={`/templates/${shown.id}`}>
              {say("choice.open")}
            </Anchor>
          </div>
          <Texts revision={shown} isSms={kind.channel === "sms"} />
          {!readOnly && (
            <Button size="compact-xs" variant="default" onClick={rewrite}>
              {say("choice.rewrite")}
            </Button>
          )}
        </>
      )}
      {chosen && revision.error && errors.length === 0 && (
        <Text size="xs" c="dimmed">
          {say("choice.gone")}
        </Text>
      )}
    </div>
  );
}
