import { Button } from "@mantine/core";
import { useState } from "react";
import { useGet } from "../api/client";
import type { ContactChance } from "../api/types/loans";
import { useRight } from "../app/me";
import { Label } from "../ui/Tone";
import { Instant } from "../ui/Values";
import { ContactDialog } from "./ContactDialog";
import classes from "./Loan.module.css";
import { useTexts } from "./texts";

/** Whether the borrower may be called, written to and visited now, and why not; who may, writes down that they do. */
export function ContactChances({ loanId, borrowerId }: { loanId: number; borrowerId: number }) {
  const say = useTexts();
  const mayWrite = useRight("signal.record");
  const [isOpen, setOpen] = useState(false);
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
      {mayWrite && (
        <div className={classes.stop}>
          <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
            {say("contact.open")}
          </Button>
        </div>
      )}
      {isOpen && <ContactDialog loanId={loanId} borrowerId={borrowerId} onClose={() => setOpen(false)} />}
    </section>
  );
}
