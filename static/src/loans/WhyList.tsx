import { Link } from "react-router";
import { useGet } from "../api/client";
import { CardSkeletons, EmptyState, ErrorState } from "../ui/states";
import { Label, type Tone } from "../ui/Tone";
import classes from "./Loan.module.css";
import { useTexts } from "./texts";

interface Claimant {
  scenario: { id: number; name: string };
  track: string;
  priority: number;
  verdict: string;
  text: string;
}

const TONES: Record<string, Tone> = { in: "accent", next: "good", paused: "warn", broken: "bad" };

/** Every scenario that runs, in the order in which they take loans, and why this loan is in it or not. */
export function WhyList({ loanId }: { loanId: number }) {
  const say = useTexts();
  const { data, error, refetch } = useGet<{ items: Claimant[] }>(`/loans/${loanId}/scenarios`);
  if (error && !data) return <ErrorState compact error={error} retry={() => void refetch()} />;
  if (!data) return <CardSkeletons cards={1} height={80} />;
  return (
    <section className={classes.why} aria-labelledby="why">
      <h3 id="why">{say("why.title")}</h3>
      {data.items.length === 0 && <EmptyState compact title={say("why.empty")} />}
      <ol>
        {data.items.map((one) => (
          <li key={one.scenario.id}>
            <div className={classes.whyHead}>
              <Link to={`/scenarios/${one.scenario.id}`}>{one.scenario.name}</Link>
              <Label tone={TONES[one.verdict] ?? "quiet"}>{say.known(`why.verdicts.${one.verdict}`, one.verdict)}</Label>
              <span className="ks-muted">{say("why.place", { track: one.track, priority: one.priority })}</span>
            </div>
            {one.text}
          </li>
        ))}
      </ol>
    </section>
  );
}
