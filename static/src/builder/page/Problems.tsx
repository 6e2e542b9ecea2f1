import { IconAlertCircle, IconAlertTriangle, IconChevronDown, IconChevronUp, IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";

import { useReveal } from "../canvas/useReveal";
import { findNode } from "../document/commands";
import type { Problem } from "../model";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

function Row({ problem }: { problem: Problem }) {
  const { store } = usePlace();
  const say = useTexts();
  const reveal = useReveal();
  const label = useBuilder((state) => (problem.node ? findNode(state.document, problem.node)?.data.label : undefined));
  const isError = problem.severity === "error";
  const go = () => {
    store.getState().select(problem.node ? [problem.node] : []);
    store.getState().set({ tab: "settings", focusField: problem.field ?? null });
    if (problem.node) reveal(problem.node);
  };
  return (
    <button type="button" className={classes.problem} onClick={go}>
      <span className={isError ? classes.error : classes.warning} role="img" aria-label={say(`problems.${problem.severity}`)}>
        {isError ? <IconAlertCircle size={15} /> : <IconAlertTriangle size={15} />}
      </span>
      <span>
        {problem.node && !problem.text.includes(label || problem.node) && <strong>{label || problem.node} </strong>}
        {problem.text}
      </span>
    </button>
  );
}

/** Everything that is wrong with the draft, errors first; a click goes to the step and its field. */
export function Problems() {
  const say = useTexts();
  const problems = useBuilder((state) => state.analysis.problems);
  const [isOpen, setOpen] = useState(true);
  const errors = problems.filter((problem) => problem.severity === "error");
  const others = problems.filter((problem) => problem.severity !== "error");
  const counts = [
    errors.length > 0 ? say("problems.errors", { count: errors.length }) : "",
    others.length > 0 ? say("problems.warnings", { count: others.length }) : "",
  ];
  if (problems.length === 0) {
    return (
      <section className={`${classes.problems} ${classes.fine}`} aria-label={say("problems.title")} data-testid="problems" aria-live="polite">
        <IconCircleCheck size={15} aria-hidden /> {say("problems.none")}
      </section>
    );
  }
  return (
    <section className={classes.problems} aria-label={say("problems.title")} data-testid="problems" aria-live="polite">
      <button type="button" className={classes.problemsHead} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? <IconChevronDown size={15} aria-hidden /> : <IconChevronUp size={15} aria-hidden />}
        <strong>{say("problems.title")}</strong>
        <span className="ks-muted">{counts.filter(Boolean).join(" · ")}</span>
      </button>
      {isOpen && (
        <div className={classes.problemList}>
          {[...errors, ...others].map((problem, place) => (
            <Row key={`${problem.code} ${problem.node ?? ""} ${place}`} problem={problem} />
          ))}
        </div>
      )}
    </section>
  );
}
