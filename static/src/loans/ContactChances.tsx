import { useGet } from "../api/client";
import type { ContactChance } from "../api/types/loans";
import { Label } from "../ui/Tone";
import { Instant } from "../ui/Values";
import classes from "./Loan.module.css";
import { useTexts } from "./texts";

/** Whether the borrower may be called, written to and visited now, and why not. */
export function ContactChances({ loanId }: { loanId: number }) {
  const say = useTexts();
  const { data } = useGet<{ items: ContactChance[] }>(`/loans/${loanId}/contacts`, { every: 60_000 });
  if (!data) return null;
  return (
    <section className={classes.others} aria-labelledby="chances">
      <h3 id="chances">{say("chances.title")}</h3>
      {data.items.map((one) => (
        <div key={one.channel} className={classes.chance}>
          <span>{say.known(`chances.channels.${one.channel}`, one.channel)}</span>
          <Label tone={one.allowed ? "good" : one.until ? "warn" : "bad"}>{one.text}</Label>
          {one.until && (
            <span className="ks-muted">
              {say("chances.until")} <Instant value={one.until} />
            </span>
          )}
        </div>
      ))}
    </section>
  );
}
