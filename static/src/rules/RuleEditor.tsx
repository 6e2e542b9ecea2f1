import "react-querybuilder/dist/query-builder-layout.css";

import { ActionIcon, Button, Group, Loader, SegmentedControl } from "@mantine/core";
import { QueryBuilderMantine } from "@react-querybuilder/mantine";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import {
  QueryBuilder,
  type ActionProps,
  type CombinatorSelectorProps,
  type ControlElementsProp,
  type FullField,
  type RuleGroupType,
} from "react-querybuilder";

import { useRegionName } from "../regions/texts";
import { ErrorState } from "../ui/states";
import { arityOf, bare, fittingValue, type Rule, type RuleField } from "./rule";
import { RuleCounted } from "./RuleCounted";
import { FieldSelector, OperatorSelector } from "./selectors";
import { useTexts } from "./texts";
import { useFields, useWords } from "./useRule";
import { ValueEditor } from "./ValueEditor";
import classes from "./rules.module.css";

function AddAction({ handleOnClick, label, testID }: ActionProps) {
  return (
    <Button size="compact-xs" variant="default" leftSection={<IconPlus size={13} />} onClick={handleOnClick} data-testid={testID}>
      {label}
    </Button>
  );
}

function RemoveAction({ handleOnClick, title }: ActionProps) {
  return (
    <ActionIcon size={26} onClick={handleOnClick} aria-label={title} title={title}>
      <IconTrash size={15} />
    </ActionIcon>
  );
}

function CombinatorSelector({ value, handleOnChange, options }: CombinatorSelectorProps) {
  const data = (options as readonly { name: string; label: string }[]).map((item) => ({ value: item.name, label: item.label }));
  return <SegmentedControl size="xs" data={data} value={value ?? "and"} onChange={handleOnChange} />;
}

const CONTROLS: ControlElementsProp<FullField, string> = {
  valueEditor: ValueEditor,
  fieldSelector: FieldSelector,
  operatorSelector: OperatorSelector,
  combinatorSelector: CombinatorSelector,
  addRuleAction: AddAction,
  addGroupAction: AddAction,
  removeRuleAction: RemoveAction,
  removeGroupAction: RemoveAction,
};

function useLabels() {
  const say = useTexts();
  return useMemo(
    () => ({
      combinators: [
        { name: "and", value: "and", label: say("and") },
        { name: "or", value: "or", label: say("or") },
      ],
      translations: {
        addRule: { label: say("add_rule"), title: say("add_rule") },
        addGroup: { label: say("add_group"), title: say("add_group") },
        removeRule: { label: "×", title: say("remove_rule") },
        removeGroup: { label: "×", title: say("remove_group") },
        notToggle: { label: say("not"), title: say("not") },
      },
    }),
    [say],
  );
}

/** its values are codes, whose names the browser knows */
const REGION = "region";

interface Props {
  rule: RuleGroupType;
  onApply: (rule: Rule) => void;
  onCancel: () => void;
  /** Where the fields are told, when the rule is not about loans: then none are counted. */
  fieldsAt?: string;
}

function Editor({ rule, onApply, onCancel, fieldsAt, fields }: Props & { fields: readonly RuleField[] }) {
  const say = useTexts();
  const [query, setQuery] = useState<RuleGroupType>(rule);
  const current = useMemo(() => bare(query), [query]);
  const words = useWords(current);
  const { combinators, translations } = useLabels();
  const known = useMemo(() => new Map(fields.map((field) => [field.name, field])), [fields]);
  const options = useMemo(() => fields.map((field) => ({ ...field, value: field.name }) as unknown as FullField), [fields]);
  const context = useMemo(() => ({ fields }), [fields]);
  return (
    <div>
      <div className={classes.editor}>
        <div className={classes.builder} data-testid="rule-builder">
          <QueryBuilderMantine>
            <QueryBuilder
              query={query}
              onQueryChange={(next: RuleGroupType) => setQuery(next)}
              fields={options}
              context={context}
              getOperators={(name) => (known.get(name)?.operators ?? []).map((item) => ({ ...item, value: item.name }))}
              getDefaultValue={(made) => fittingValue(made.operator, "", known.get(made.field))}
              resetOnOperatorChange={false}
              combinators={combinators}
              translations={translations}
              controlElements={CONTROLS}
              showNotToggle
              listsAsArrays
              parseNumbers={false}
              onLog={() => undefined}
              onAddRule={(made) => ({ ...made, value: fittingValue(made.operator, made.value, known.get(made.field)) })}
              controlClassnames={{ queryBuilder: classes.query }}
            />
          </QueryBuilderMantine>
          {query.rules.length === 0 && <div className={classes.quiet}>{say("empty")}</div>}
        </div>
        <aside className={classes.aside}>
          <div className={classes.heading}>{say("in_words")}</div>
          <div className={current.rules.length === 0 ? classes.quiet : classes.words} data-testid="rule-words">
            {current.rules.length === 0 ? (fieldsAt ? "–" : say("none")) : (words.data?.words ?? "…")}
          </div>
          {!fieldsAt && (
            <>
              <div className={classes.heading}>{say("now")}</div>
              <RuleCounted rule={current} />
            </>
          )}
        </aside>
      </div>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onCancel}>
          {say("cancel")}
        </Button>
        <Button onClick={() => onApply(settled(current))} data-testid="rule-apply">
          {say("apply")}
        </Button>
      </Group>
    </div>
  );
}

/** Values follow their operators: a range has two ends even when the operator was changed last. */
function settled(group: RuleGroupType): Rule {
  const rules = group.rules.map((member) => {
    if (typeof member === "string" || "rules" in member) return typeof member === "string" ? member : settled(member);
    const fits = Array.isArray(member.value) === (arityOf(member.operator) === "two" || arityOf(member.operator) === "list");
    return fits ? member : { ...member, value: fittingValue(member.operator, member.value, undefined) };
  });
  return { ...group, rules };
}

/** The rule editor: comparisons and groups at the left, the rule in words and the loans that match at the right. */
export default function RuleEditor(props: Props) {
  const say = useTexts();
  const fields = useFields(true, props.fieldsAt);
  const regionName = useRegionName();
  const named = useMemo(
    () => fields.data?.fields.map((field) => (field.name === REGION ? { ...field, values: field.values.map(({ name }) => ({ name, label: regionName(name) })) } : field)),
    [fields.data, regionName],
  );
  if (fields.isError) return <ErrorState error={fields.error} retry={() => void fields.refetch()} compact />;
  if (!named) return <Loader size="sm" aria-label={say("loading")} />;
  return <Editor {...props} fields={named} />;
}
