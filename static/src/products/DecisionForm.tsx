import { ActionIcon, Button, Checkbox, Loader, Modal, Select, TextInput } from "@mantine/core";
import { IconArrowUp, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import type { Problem } from "../api/types";
import { readRule } from "../rules/rule";
import { useWords } from "../rules/useRule";
import { MoneyInput } from "../ui/MoneyInput";
import { type DecisionDraft, type DecisionRule, NO_RULES, OUTCOMES } from "./model";
import classes from "./Products.module.css";
import { useTexts } from "./texts";

const RuleEditor = lazy(() => import("../rules/RuleEditor"));
/** What the API calls the fields of an application. */
const FIELDS = "/products/fields";

interface LineProps {
  line: DecisionRule;
  number: number;
  problem: string | undefined;
  readOnly: boolean;
  onChange: (line: DecisionRule) => void;
  onEdit: () => void;
  onEarlier: () => void;
  onRemove: () => void;
}

/** One rule: when, what then, and why. */
function Line({ line, number, problem, readOnly, onChange, onEdit, onEarlier, onRemove }: LineProps) {
  const say = useTexts();
  const words = useWords(readRule(line.rule));
  const outcomes = OUTCOMES.map((value) => ({ value, label: say(`decision.outcomes.${value}`) }));
  return (
    <li className={classes.rule}>
      <div className={classes.part}>
        <span>
          <span className="ks-muted">{say("decision.when", { n: number })}</span> {words.data?.words ?? "…"}
        </span>
        {!readOnly && (
          <span className={classes.acts}>
            {number > 1 && (
              <ActionIcon size={26} aria-label={say("decision.earlier", { n: number })} onClick={onEarlier}>
                <IconArrowUp size={14} />
              </ActionIcon>
            )}
            <ActionIcon size={26} aria-label={say("decision.edit", { n: number })} onClick={onEdit}>
              <IconPencil size={14} />
            </ActionIcon>
            <ActionIcon size={26} aria-label={say("decision.remove", { n: number })} onClick={onRemove}>
              <IconTrash size={14} />
            </ActionIcon>
          </span>
        )}
      </div>
      <div className={classes.then}>
        <Select
          label={say("decision.outcome")}
          data={outcomes}
          value={line.outcome}
          allowDeselect={false}
          readOnly={readOnly}
          onChange={(value) => value && onChange({ ...line, outcome: value })}
        />
        <TextInput
          label={say("decision.reason")}
          maxLength={250}
          value={line.reason}
          readOnly={readOnly}
          error={problem}
          required={line.outcome !== "allow"}
          onChange={(event) => onChange({ ...line, reason: event.currentTarget.value })}
        />
      </div>
    </li>
  );
}

interface Props {
  decision: DecisionDraft | null;
  onDecision: (decision: DecisionDraft) => void;
  problems: readonly Problem[];
  readOnly: boolean;
}

/** Who gets a loan on the product: rules over the application, the first that holds decides. */
export function DecisionForm({ decision, onDecision, problems, readOnly }: Props) {
  const say = useTexts();
  const found: DecisionDraft = decision ?? NO_RULES;
  const { rules } = found;
  /** The rule that is being drawn; one beyond the last is a new one. */
  const [drawn, setDrawn] = useState<number | null>(null);
  const set = (part: Partial<DecisionDraft>) => onDecision({ ...found, ...part });
  const replace = (at: number, line: DecisionRule) => set({ rules: rules.map((one, index) => (index === at ? line : one)) });
  const earlier = (at: number) => {
    const next = [...rules];
    const [moved] = next.splice(at, 1);
    if (moved) next.splice(at - 1, 0, moved);
    set({ rules: next });
  };
  return (
    <div className={classes.form}>
      <span className="ks-muted">{say("decision.help")}</span>
      {rules.length > 0 && (
        <ol className={classes.rules} aria-label={say("decision.title")}>
          {rules.map((line, index) => (
            <Line
              key={index}
              line={line}
              number={index + 1}
              problem={problems.find((one) => one.field === `decision.rules.${index}`)?.text}
              readOnly={readOnly}
              onChange={(next) => replace(index, next)}
              onEdit={() => setDrawn(index)}
              onEarlier={() => earlier(index)}
              onRemove={() => set({ rules: rules.filter((_, at) => at !== index) })}
            />
          ))}
        </ol>
      )}
      {!readOnly && (
        <div>
          <Button variant="default" size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => setDrawn(rules.length)}>
            {say("decision.add")}
          </Button>
        </div>
      )}
      <div className={classes.row}>
        <Select
          label={rules.length > 0 ? say("decision.otherwise") : say("decision.always")}
          data={OUTCOMES.map((value) => ({ value, label: say(`decision.outcomes.${value}`) }))}
          value={found.otherwise}
          allowDeselect={false}
          readOnly={readOnly}
          onChange={(value) => value && set({ otherwise: value })}
        />
      </div>
      <Checkbox
        label={say("decision.confirm")}
        checked={found.confirm_above !== null}
        disabled={readOnly}
        onChange={(event) => set({ confirm_above: event.currentTarget.checked ? "typing" : null })}
      />
      {found.confirm_above !== null && (
        <MoneyInput
          label={say("decision.confirmAbove")}
          value={found.confirm_above === "typing" ? null : found.confirm_above}
          readOnly={readOnly}
          required
          onChange={(value) => set({ confirm_above: value ?? "typing" })}
        />
      )}
      <Modal
        opened={drawn !== null}
        onClose={() => setDrawn(null)}
        title={say("decision.draw")}
        size={920}
        closeOnClickOutside={false}
      >
        <Suspense fallback={<Loader size="sm" />}>
          {drawn !== null && (
            <RuleEditor
              fieldsAt={FIELDS}
              rule={readRule(rules[drawn]?.rule)}
              onCancel={() => setDrawn(null)}
              onApply={(rule) => {
                const kept = rules[drawn];
                if (kept) replace(drawn, { ...kept, rule });
                else set({ rules: [...rules, { rule, outcome: "refuse", reason: "" }] });
                setDrawn(null);
              }}
            />
          )}
        </Suspense>
      </Modal>
    </div>
  );
}
