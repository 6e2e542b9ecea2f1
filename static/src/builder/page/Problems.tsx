import { useReactFlow } from "@xyflow/react";

import { FIT } from "../canvas/CanvasControls";
import type { Problem } from "../model";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

/** Everything that is wrong with the draft; a click goes to the step and its field. */
export function Problems() {
  const { store } = usePlace();
  const say = useTexts();
  const flow = useReactFlow();
  const problems = useBuilder((state) => state.analysis.problems);
  const names = useBuilder((state) => state.document.nodes);
  const go = (problem: Problem) => {
    if (!problem.node) return;
    store.getState().select([problem.node]);
    store.getState().set({ tab: "settings", focusField: problem.field ?? null });
    void flow.fitView({ ...FIT, nodes: [{ id: problem.node }] });
  };
  return (
    <section className={classes.problems} aria-label={say("problems.title")} data-testid="problems">
      <strong>
        {say("problems.title")} {problems.length}
      </strong>
      {problems.length === 0 && <p>{say("problems.none")}</p>}
      {problems.map((problem, place) => (
        <button type="button" key={`${problem.code} ${problem.node ?? ""} ${place}`} className={classes.problem} onClick={() => go(problem)}>
          <span className={problem.severity === "error" ? classes.error : classes.warning} aria-label={say(`problems.${problem.severity}`)}>
            ●
          </span>
          <span>
            {problem.node && <strong>{names.find((node) => node.id === problem.node)?.data.label ?? problem.node} </strong>}
            {problem.text}
          </span>
        </button>
      ))}
    </section>
  );
}
