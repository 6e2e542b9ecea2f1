import { useGet } from "../api/client";
import { CardSkeletons, ErrorState } from "../ui/states";
import { Label } from "../ui/Tone";
import { Instant } from "../ui/Values";
import classes from "./Loan.module.css";
import { useTexts } from "./texts";

interface Visit {
  node: { key: string | null; label: string | null };
  entered_at: string | null;
  left_at: string | null;
  port: string | null;
  seen: Record<string, unknown>;
  words: string | null;
  /** Why no contact was made. */
  guard: string | null;
}

/** Every step of one case: when, what the step does, what it saw, by which way it left. */
export function CaseTrail({ caseId }: { caseId: number }) {
  const say = useTexts();
  const { data, error, refetch } = useGet<{ visits: Visit[] }>(`/cases/${caseId}`);
  if (error && !data) return <ErrorState compact error={error} retry={() => void refetch()} />;
  if (!data) return <CardSkeletons cards={1} height={80} />;
  return (
    <ol className={classes.trail} aria-label={say("cases.trail")}>
      {data.visits.map((visit, index) => (
        <li key={index}>
          <div className={classes.trailHead}>
            <strong>{visit.node.label || visit.node.key}</strong>
            <span className="ks-muted">
              <Instant value={visit.entered_at} />
              {visit.port && ` → ${visit.port}`}
            </span>
          </div>
          {visit.words && <div className="ks-muted">{visit.words}</div>}
          {visit.guard && <Label tone="warn">{visit.guard}</Label>}
          {Object.keys(visit.seen).length > 0 && (
            <div className={classes.seen}>
              {say("cases.saw")}{" "}
              {Object.entries(visit.seen)
                .map(([field, value]) => `${field} = ${typeof value === "string" ? value : JSON.stringify(value)}`)
                .join(", ")}
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
