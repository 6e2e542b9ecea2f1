import { Button } from "@mantine/core";
import { useState } from "react";
import { api, useGet } from "../api/client";
import type { Language } from "../api/types";
import type { ChangedText, Revision, TemplateCard } from "../api/types/library";
import { Card } from "../ui/Page";
import { CardSkeletons } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { Instant } from "../ui/Values";
import { Changed } from "./Changed";
import classes from "./Library.module.css";
import { LANGUAGES, spokenIn } from "./model";
import { useTexts } from "./texts";

/** What a revision changed in the one before it; the first is shown as it was. */
function Changes({ card, revision }: { card: TemplateCard; revision: Revision }) {
  const say = useTexts();
  const told = useGet<{ texts: Record<Language, ChangedText | null> }>(`/message-templates/${card.id}/revisions/${revision.number}/changes`, { enabled: revision.number > 1 });
  if (revision.number > 1 && !told.data) return <CardSkeletons cards={1} height={60} />;
  return (
    <>
      {LANGUAGES.map((language) => {
        const changed = told.data?.texts[language];
        const said = revision.texts[language];
        if (revision.number > 1 ? !changed : !said) return null;
        return (
          <div key={language} className={classes.said} lang={language}>
            <span className="ks-muted">{say(`languages.${language}`)}</span>
            {changed ? (
              <>
                {changed.subject.length > 0 && (
                  <strong>
                    <Changed pieces={changed.subject} />
                  </strong>
                )}
                <p>
                  <Changed pieces={changed.body} />
                </p>
              </>
            ) : (
              <>
                {said?.subject && <strong>{said.subject}</strong>}
                <p>{said?.body}</p>
              </>
            )}
          </div>
        );
      })}
    </>
  );
}

/** What the template was, the newest first: who changed it, when, why, and in which words. */
export function HistoryCard({ card, mayEdit, onRestored }: { card: TemplateCard; mayEdit: boolean; onRestored: (card: TemplateCard) => void }) {
  const say = useTexts();
  const [open, setOpen] = useState<number | null>(null);
  const restore = useAct((number: number) => api.post<TemplateCard>(`/message-templates/${card.id}/restore`, { number, revision: card.revision }), {
    refresh: ["/message-templates", "/scenarios"],
    done: say("history.done"),
    onDone: onRestored,
  });
  return (
    <Card title={say("history.title")}>
      <ol className={classes.list}>
        {card.revisions.map((revision) => (
          <li key={revision.number}>
            <div className={classes.line}>
              <strong>{say("revision", { n: revision.number })}</strong>
              {revision.number === card.revision && <Label tone="good">{say("history.newest")}</Label>}
              {spokenIn(revision).map((language) => (
                <Label key={language}>{language.toUpperCase()}</Label>
              ))}
            </div>
            <div className="ks-muted">
              {revision.made_by}, <Instant value={revision.made_at} />
              {revision.restored !== null && ` · ${say("history.as", { n: revision.restored })}`}
            </div>
            {revision.note && <div>{revision.note}</div>}
            <div className={classes.line}>
              <Button size="compact-xs" variant="default" aria-expanded={open === revision.number} onClick={() => setOpen(open === revision.number ? null : revision.number)}>
                {open === revision.number ? say("history.hide") : revision.number > 1 ? say("history.changes") : say("history.show")}
              </Button>
              {mayEdit && revision.number < card.revision && (
                <Button size="compact-xs" variant="default" loading={restore.isPending && restore.variables === revision.number} onClick={() => restore.mutate(revision.number)}>
                  {say("history.restore")}
                </Button>
              )}
            </div>
            {open === revision.number && <Changes card={card} revision={revision} />}
          </li>
        ))}
      </ol>
    </Card>
  );
}
