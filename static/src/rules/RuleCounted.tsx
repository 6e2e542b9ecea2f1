import { useFormat } from "../ui/useFormat";
import { errorText } from "../ui/notify";
import { isComplete } from "./rule";
import { useTexts } from "./texts";
import { useCount } from "./useRule";
import type { RuleGroupType } from "react-querybuilder";
import classes from "./rules.module.css";

/** How many loans and borrowers a rule holds for now, and what they owe. */
export function RuleCounted({ rule }: { rule: RuleGroupType }) {
  const say = useTexts();
  const format = useFormat();
  const count = useCount(rule);
  if (!isComplete(rule)) return <div className={classes.quiet}>{say("incomplete")}</div>;
  if (count.isError) return <div className={classes.bad}>{say("count_failed", { reason: errorText(count.error) })}</div>;
  if (!count.data) return <div className={classes.quiet}>{say("counting")}</div>;
  const { loans, borrowers, overdue } = count.data;
  return (
    <div className={classes.counted} data-stale={count.isFetching || undefined} aria-live="polite" data-testid="rule-count">
      <strong>{say("matches", { count: loans, shown: format.number(loans) })}</strong>
      <span>{say("borrowers", { count: borrowers, shown: format.number(borrowers) })}</span>
      <span title={format.money(overdue)}>{say("overdue", { money: format.moneyShort(overdue) })}</span>
    </div>
  );
}
