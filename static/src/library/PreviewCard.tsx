import type { Look } from "../api/types/library";
import { Card } from "../ui/Page";
import { Label } from "../ui/Tone";
import classes from "./Library.module.css";
import { LoanSelect } from "./LoanSelect";
import { LANGUAGES } from "./model";
import { useTexts } from "./texts";

/** How the texts read: with example values, or to the borrower of a loan. */
export function PreviewCard({ look, isStale, onLoan }: { look: Look | undefined; isStale: boolean; onLoan: (loan: number | null) => void }) {
  const say = useTexts();
  const shown = LANGUAGES.filter((language) => look?.texts[language]);
  const { loan = null } = look ?? {};
  /** The borrower reads their own language where it is written, the other one where it is not. */
  const read = loan && (look?.texts[loan.language] ? loan.language : shown[0]);
  return (
    <Card title={say("preview.title")}>
      <div className={classes.preview}>
        <LoanSelect shown={loan} onChange={onLoan} />
        <span className="ks-muted">{loan ? say("preview.forLoan", { name: loan.name ?? loan.external_id, language: say(`inLanguage.${loan.language}`) }) : say("preview.examples")}</span>
        {shown.length === 0 && <span className="ks-muted">{say("preview.nothing")}</span>}
        {shown.map((language) => (
          <div key={language} data-stale={isStale || undefined}>
            <div className={classes.previewHead}>
              {say(`languages.${language}`)} {read === language && <Label tone="accent">{say("preview.read")}</Label>}
            </div>
            <div className={classes.bubble} lang={language} data-testid={`template-preview-${language}`}>
              {look?.texts[language]?.subject && <strong>{look.texts[language].subject}</strong>}
              {look?.texts[language]?.body}
            </div>
          </div>
        ))}
      </div>
    </Card>
  );
}
