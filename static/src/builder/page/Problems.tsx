import { Button } from "@mantine/core";
import { IconAlertCircle, IconAlertTriangle, IconChevronDown, IconChevronUp, IconCircleCheck, IconTool } from "@tabler/icons-react";
import { useMemo, useState } from "react";

import { useReveal } from "../canvas/useReveal";
import { randomIds, type Change } from "../document/types";
import type { NodeGroup, Problem } from "../model";
import { applyFix, applyFixes, type Tools } from "../problems/fixes";
import { grouped, type ProblemGroup } from "../problems/kinds";
import { useActions } from "../state/actions";
import { useBuilder, useEditable, usePlace } from "../state/context";
import { nodesById } from "../state/derived";
import { useTexts } from "../texts";
import classes from "./Problems.module.css";

/** So many of a kind are listed at first: thousands would take longer to draw than to mend. */
const FIRST = 50;

/** Mends problems through the same commands that a hand uses. */
function useMending(): { one: (problem: Problem) => void; all: (problems: readonly Problem[]) => void } {
  const { store, palette } = usePlace();
  const actions = useActions();
  const reveal = useReveal();
  return useMemo(() => {
    const usual = (group: NodeGroup) => {
      const kind = palette.nodes.find((item) => item.group === group);
      return { type: kind?.key ?? "", label: kind?.title ?? "", params: structuredClone(kind?.defaults ?? {}) };
    };
    const tools = (): Tools => ({ grammar: actions.grammar(), ids: randomIds, usual });
    const mend = (make: () => Change) => actions.apply(make());
    return {
      one: (problem) => {
        const { fix } = problem;
        if (!fix || !mend(() => applyFix(store.getState().document, problem, fix, tools()))) return;
        if (problem.node) reveal(problem.node);
      },
      all: (problems) => void mend(() => applyFixes(store.getState().document, problems, tools())),
    };
  }, [store, palette, actions, reveal]);
}

function Row({ problem, onMend }: { problem: Problem; onMend: ((problem: Problem) => void) | null }) {
  const { store } = usePlace();
  const say = useTexts();
  const reveal = useReveal();
  const label = useBuilder((state) => (problem.node ? nodesById(state.document.nodes).get(problem.node)?.data.label : undefined));
  const isError = problem.severity === "error";
  const go = () => {
    store.getState().select(problem.node ? [problem.node] : []);
    store.getState().set({ tab: "settings", focusField: problem.field ?? null });
    if (problem.node) reveal(problem.node);
  };
  return (
    <div className={classes.row}>
      <button type="button" className={classes.problem} onClick={go}>
        <span className={isError ? classes.error : classes.warning} role="img" aria-label={say(`problems.${problem.severity}`)}>
          {isError ? <IconAlertCircle size={15} /> : <IconAlertTriangle size={15} />}
        </span>
        <span>
          {problem.node && !problem.text.includes(label || problem.node) && <strong>{label || problem.node} </strong>}
          {problem.text}
        </span>
      </button>
      {onMend && problem.fix && (
        <Button size="compact-xs" variant="subtle" className={classes.fix} onClick={() => onMend(problem)} data-testid={`fix-${problem.code}`}>
          {problem.fix.title}
        </Button>
      )}
    </div>
  );
}

function Group({ group, mending }: { group: ProblemGroup; mending: ReturnType<typeof useMending> | null }) {
  const say = useTexts();
  const mendable = group.problems.filter((problem) => problem.fix);
  const [most, setMost] = useState(FIRST);
  return (
    <section aria-label={say(`problems.kind.${group.kind}`)}>
      <div className={classes.kind}>
        {say(`problems.kind.${group.kind}`)} <span className="ks-muted">{group.problems.length}</span>
        {mending && mendable.length > 1 && (
          <Button size="compact-xs" variant="default" leftSection={<IconTool size={12} />} onClick={() => mending.all(mendable)} data-testid={`fix-all-${group.kind}`}>
            {say("problems.fix_all", { count: mendable.length })}
          </Button>
        )}
      </div>
      {group.problems.slice(0, most).map((problem, place) => (
        <Row key={`${problem.code} ${problem.node ?? ""} ${place}`} problem={problem} onMend={mending?.one ?? null} />
      ))}
      {group.problems.length > most && (
        <Button size="compact-xs" variant="subtle" onClick={() => setMost(most + 10 * FIRST)}>
          {say("problems.more", { count: group.problems.length - most })}
        </Button>
      )}
    </section>
  );
}

/** Everything that is wrong with the draft, by what it is about; a click goes to the step and its field. */
export function Problems() {
  const say = useTexts();
  const problems = useBuilder((state) => state.analysis.problems);
  const groups = useMemo(() => grouped(problems), [problems]);
  const editable = useEditable();
  const mending = useMending();
  const [isOpen, setOpen] = useState(true);
  if (problems.length === 0) {
    return (
      <section className={`${classes.problems} ${classes.fine}`} aria-label={say("problems.title")} data-testid="problems" aria-live="polite">
        <IconCircleCheck size={15} aria-hidden /> {say("problems.none")}
      </section>
    );
  }
  const errors = groups.reduce((sum, group) => sum + group.errors, 0);
  const others = problems.length - errors;
  const counts = [errors > 0 ? say("problems.errors", { count: errors }) : "", others > 0 ? say("problems.warnings", { count: others }) : ""];
  return (
    <section className={classes.problems} aria-label={say("problems.title")} data-testid="problems">
      <button type="button" className={classes.head} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? <IconChevronDown size={15} aria-hidden /> : <IconChevronUp size={15} aria-hidden />}
        <strong>{say("problems.title")}</strong>
        <span className="ks-muted" aria-live="polite">
          {counts.filter(Boolean).join(" · ")}
        </span>
      </button>
      {isOpen && (
        <div className={classes.list} tabIndex={-1}>
          {groups.map((group) => (
            <Group key={group.kind} group={group} mending={editable ? mending : null} />
          ))}
        </div>
      )}
    </section>
  );
}
