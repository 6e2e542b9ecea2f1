import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api, ApiError, useGet } from "../api/client";
import type { Language, Problem } from "../api/types";
import type { LibraryOptions, Said, TemplateCard } from "../api/types/library";
import { useRight } from "../app/me";
import { confirm } from "../ui/confirm";
import { Card, Page } from "../ui/Page";
import { CardSkeletons, ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { useKeys } from "../ui/useKeys";
import { HistoryCard } from "./HistoryCard";
import { keep, keptOf } from "./kept";
import classes from "./Library.module.css";
import { CHANNELS, draftOf, isSame, LANGUAGES, textsOf, withText } from "./model";
import { PreviewCard } from "./PreviewCard";
import { type Field, TextCard } from "./TextCard";
import { useTexts } from "./texts";
import { UsesCard } from "./UsesCard";
import { useLeaving } from "./useLeaving";
import { useLook } from "./useLook";
import { useUndo } from "./useUndo";

/** What a text may name: a press puts it where the cursor was. */
function Variables({ options, onInsert }: { options: LibraryOptions; onInsert: (key: string) => void }) {
  const say = useTexts();
  return (
    <div className={classes.variables} role="group" aria-label={say("editor.insert")}>
      <span className="ks-muted">{say("editor.insert")}</span>
      {options.variables.map((one) => (
        <button key={one.key} type="button" className={classes.variable} title={one.example} onClick={() => onInsert(one.key)}>
          {one.title}
        </button>
      ))}
    </div>
  );
}

function Editor({ card, options }: { card: TemplateCard | null; options: LibraryOptions }) {
  const say = useTexts();
  const { instant } = useFormat();
  const go = useNavigate();
  const client = useQueryClient();
  const mayWrite = useRight("template.edit");
  const id = card ? String(card.id) : "new";
  const saved = draftOf(card);
  const [left] = useState(() => keptOf(id));
  const { value: draft, set, undo, redo, canUndo, canRedo, restart } = useUndo(left?.draft ?? saved);
  /** The revision that the change began from. */
  const [base, setBase] = useState(left?.revision ?? card?.revision ?? 0);
  const [note, setNote] = useState("");
  /** It is in the library now: its own page opens in a moment. */
  const [isMade, setMade] = useState(false);
  const [loan, setLoan] = useState<number | null>(null);
  const last = useRef<{ field: Field; language: Language; part: keyof Said } | null>(null);
  const look = useLook(draft, loan);
  const isArchived = card?.archived_at != null;
  const readOnly = !mayWrite || isArchived;
  const isUnsaved = !readOnly && !isMade && !isSame(draft, saved);
  const isBehind = card !== null && base < card.revision;

  useEffect(() => keep(id, isUnsaved ? { draft, revision: base } : null), [id, isUnsaved, draft, base]);
  const askToLeave = useCallback(async () => {
    const goes = await confirm({ title: say("leave.title"), text: say("leave.text"), action: say("leave.action"), danger: true });
    if (goes) keep(id, null);
    return goes;
  }, [say, id]);
  useLeaving(isUnsaved, askToLeave);

  const settle = (next: TemplateCard) => {
    keep(id, null);
    restart(draftOf(next));
    setBase(next.revision);
    setNote("");
    client.setQueryData([`/message-templates/${next.id}`, {}], next);
    if (card) return;
    setMade(true);
    void go(`/templates/${next.id}`, { replace: true });
  };
  const save = useAct(
    () => {
      const body = { title: draft.title, texts: textsOf(draft), note };
      return card ? api.put<TemplateCard>(`/message-templates/${card.id}`, { ...body, revision: base }) : api.post<TemplateCard>("/message-templates", { ...body, channel: draft.channel });
    },
    { refresh: ["/message-templates", "/scenarios"], quiet: true, done: say(card ? "editor.saved" : "editor.made"), onDone: settle },
  );
  const put = useAct((act: "archive" | "bring-back") => api.post<TemplateCard>(`/message-templates/${id}/${act}`), { refresh: ["/message-templates", "/scenarios"] });
  const archive = async () => {
    const live = card?.uses.filter((use) => use.where === "live").length ?? 0;
    if (await confirm({ title: say("archive.title"), text: say("archive.text", { count: live }), action: say("archive.action") })) put.mutate("archive");
  };
  const trySave = () => {
    if (isUnsaved && draft.title.trim() && !save.isPending) save.mutate(undefined);
  };
  useKeys([
    { keys: "mod+s", title: say("editor.save"), run: trySave },
    { keys: "mod+z", title: say("editor.undo"), run: undo },
    { keys: "mod+shift+z", title: say("editor.redo"), run: redo },
  ]);

  const refusal = save.error instanceof ApiError ? save.error : null;
  const isOutdated = refusal?.code === "template.changed";
  useEffect(() => {
    if (isOutdated) void client.invalidateQueries({ queryKey: [`/message-templates/${id}`] });
  }, [isOutdated, client, id]);
  const follow = () => {
    if (card) setBase(card.revision);
    save.reset();
  };
  const problems: readonly Problem[] = look.data?.problems ?? [];
  const general = refusal?.problems.filter((problem) => !problem.field?.startsWith("texts.")) ?? [];
  const wrong = (field: string) => general.find((problem) => problem.field === field)?.text;
  const channel = options.channels.find((one) => one.key === draft.channel) ?? options.channels[0];
  const insert = (key: string) => {
    const place = last.current ?? { language: "ru" as const, part: "body" as const, field: null };
    const text = draft.texts[place.language][place.part];
    const [from, to] = [place.field?.selectionStart ?? text.length, place.field?.selectionEnd ?? text.length];
    const piece = `{{ ${key} }}`;
    set(withText(draft, place.language, { [place.part]: text.slice(0, from) + piece + text.slice(to) }), `insert ${key} ${from}`);
    requestAnimationFrame(() => {
      place.field?.focus();
      place.field?.setSelectionRange(from + piece.length, from + piece.length);
    });
  };
  if (!channel) return null;
  return (
    <Page
      title={card?.title ?? say("new")}
      crumb={{ title: say("title"), to: "/templates" }}
      state={
        card && (
          <>
            <Label>{say.known(`channels.${card.channel}`, card.channel)}</Label>
            <Label>{say("revision", { n: card.revision })}</Label>
            {isArchived && <Label tone="warn">{say("archived")}</Label>}
            {isUnsaved && <Label tone="accent">{say("editor.unsaved")}</Label>}
          </>
        )
      }
      actions={
        mayWrite && (
          <>
            {!readOnly && (
              <>
                <ActionIcon size="lg" disabled={!canUndo} aria-label={say("editor.undo")} title={say("editor.undo")} onClick={undo}>
                  <IconArrowBackUp size={16} />
                </ActionIcon>
                <ActionIcon size="lg" disabled={!canRedo} aria-label={say("editor.redo")} title={say("editor.redo")} onClick={redo}>
                  <IconArrowForwardUp size={16} />
                </ActionIcon>
              </>
            )}
            {card && (
              <Button variant="default" loading={put.isPending} onClick={() => (isArchived ? put.mutate("bring-back") : void archive())}>
                {say(isArchived ? "archive.back" : "archive.action")}
              </Button>
            )}
            {!readOnly && (
              <Button loading={save.isPending} disabled={!isUnsaved || !draft.title.trim()} onClick={trySave}>
                {say(card ? "editor.save" : "editor.make")}
              </Button>
            )}
          </>
        )
      }
    >
      <div className={classes.columns}>
        <div className={classes.main}>
          {isArchived && card.archived_at && <p className={classes.notice}>{say("archive.since", { when: instant(card.archived_at), who: card.archived_by ?? "" })}</p>}
          {!mayWrite && <p className="ks-muted">{say("editor.readOnly")}</p>}
          {left && isUnsaved && !isBehind && (
            <p className={classes.notice}>
              {say("editor.kept")}{" "}
              <Button size="compact-xs" variant="default" onClick={() => restart(saved)}>
                {say("editor.drop")}
              </Button>
            </p>
          )}
          {isBehind && isUnsaved && (
            <p className={classes.notice} role="alert">
              {say("editor.behind", { who: card.revisions[0]?.made_by ?? "", n: card.revision })}{" "}
              <Button size="compact-xs" variant="default" onClick={follow}>
                {say("editor.goOn")}
              </Button>{" "}
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => {
                  restart(saved);
                  follow();
                }}
              >
                {say("editor.takeTheirs")}
              </Button>
            </p>
          )}
          {refusal && !isBehind && (
            <div className={classes.refusal} role="alert">
              {refusal.message}
              {general.length > 0 && (
                <ul>
                  {general.map((problem) => (
                    <li key={problem.text}>{problem.text}</li>
                  ))}
                </ul>
              )}
            </div>
          )}
          <Card>
            <div className={classes.head}>
              <TextInput
                label={say("editor.title")}
                required
                value={draft.title}
                maxLength={120}
                readOnly={readOnly}
                error={wrong("title")}
                onChange={(event) => set({ ...draft, title: event.currentTarget.value }, "title")}
              />
              {card ? (
                !readOnly && <TextInput label={say("editor.note")} value={note} maxLength={500} onChange={(event) => setNote(event.currentTarget.value)} />
              ) : (
                <Select
                  label={say("columns.channel")}
                  value={draft.channel}
                  allowDeselect={false}
                  disabled={readOnly}
                  onChange={(value) => value && set({ ...draft, channel: value }, "channel")}
                  data={CHANNELS.map((value) => ({ value, label: say(`channels.${value}`) }))}
                />
              )}
            </div>
          </Card>
          <div className={classes.texts}>
            {LANGUAGES.map((language) => (
              <TextCard
                key={language}
                language={language}
                channel={channel}
                said={draft.texts[language]}
                problems={problems}
                length={look.data?.texts[language]?.length}
                price={look.data?.segment_price ?? 0}
                isOtherWritten={LANGUAGES.some((other) => other !== language && textsOf(draft)[other] !== null)}
                readOnly={readOnly}
                last={last}
                onChange={(said, name) => set(withText(draft, language, said), name)}
              />
            ))}
          </div>
          {!readOnly && <Variables options={options} onInsert={insert} />}
          {!readOnly && <p className={classes.hint}>{say("editor.help")}</p>}
        </div>
        <div className={classes.side}>
          <PreviewCard look={look.data} isStale={look.isFetching} onLoan={setLoan} />
          {card && <UsesCard card={card} />}
          {card && <HistoryCard card={card} mayEdit={!readOnly} onRestored={settle} />}
        </div>
      </div>
    </Page>
  );
}

/** One template: its texts side by side, how they read, who sends them, and what they were. */
export default function TemplatePage() {
  const say = useTexts();
  const { id = "" } = useParams();
  const isNew = id === "new";
  const card = useGet<TemplateCard>(`/message-templates/${id}`, { enabled: !isNew });
  const options = useGet<LibraryOptions>("/message-templates/options");
  const error = card.error ?? options.error;
  if (!options.data || (!isNew && !card.data)) {
    return (
      <Page title={say("one")} crumb={{ title: say("title"), to: "/templates" }}>
        {error ? <ErrorState error={error} retry={() => void Promise.all([card.refetch(), options.refetch()])} /> : <CardSkeletons cards={2} height={320} />}
      </Page>
    );
  }
  return <Editor key={id} card={isNew ? null : (card.data ?? null)} options={options.data} />;
}
