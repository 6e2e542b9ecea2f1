import { Link } from "react-router";
import { useGet } from "../api/client";
import type { SentMessage } from "../api/types/library";
import { Changed } from "../library/Changed";
import { useTexts } from "../library/texts";
import { CardSkeletons, ErrorState } from "../ui/states";
import { Label, type Tone } from "../ui/Tone";
import classes from "./Review.module.css";

const TONES: Readonly<Record<SentMessage["state"], Tone>> = { same: "quiet", new: "accent", changed: "warn", gone: "bad" };

function Said({ text, isGone }: { text: SentMessage["texts"][number]; isGone: boolean }) {
  const say = useTexts();
  const { changed } = text;
  return (
    <div className={classes.said} lang={text.language ?? undefined} data-testid={`sent-${text.language ?? "own"}`}>
      {text.language && <span className="ks-muted">{say(`languages.${text.language}`)}</span>}
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
          {text.subject && <strong>{text.subject}</strong>}
          <p>{isGone ? <del>{text.body}</del> : text.body}</p>
        </>
      )}
      {text.problems.map((problem) => (
        <p key={problem.text} className={classes.warn}>
          {problem.text}
        </p>
      ))}
    </div>
  );
}

/** The texts as they will be sent, in both languages, and what changed in them: what compliance answers for. */
export function SentMessages({ versionId }: { versionId: number }) {
  const say = useTexts();
  const { data, error, refetch } = useGet<{ items: SentMessage[] }>(`/versions/${versionId}/messages`);
  return (
    <>
      <h3>{say("sent.title")}</h3>
      {error && !data && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!data && !error && <CardSkeletons cards={1} height={80} />}
      {data?.items.length === 0 && <p className="ks-muted">{say("sent.none")}</p>}
      {data?.items.map((message) => (
        <section key={message.node} className={classes.sent} aria-label={message.label}>
          <div className={classes.sentHead}>
            <strong>{message.label}</strong> <Label>{say.known(`channels.${message.channel}`, message.channel)}</Label>
            <Label tone={TONES[message.state]}>{say(`sent.state.${message.state}`)}</Label>
          </div>
          <span className={classes.source}>
            {message.source ? (
              <>
                <Link to={`/templates/${message.source.id}`}>{message.source.title}</Link>, {say("revision", { n: message.source.revision })} · {message.source.made_by}
                {message.source.note && ` · ${message.source.note}`}
              </>
            ) : (
              say("sent.own")
            )}
          </span>
          {message.texts.map((text) => (
            <Said key={text.language ?? ""} text={text} isGone={message.state === "gone"} />
          ))}
        </section>
      ))}
    </>
  );
}
