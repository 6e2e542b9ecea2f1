import { Button, Group, Input, Loader, Modal } from "@mantine/core";
import { IconPencil, IconPlus } from "@tabler/icons-react";
import { lazy, Suspense, useMemo, useState } from "react";

import { readRule, type Rule } from "./rule";
import { RuleCounted } from "./RuleCounted";
import { useTexts } from "./texts";
import { useWords } from "./useRule";
import classes from "./rules.module.css";

const RuleEditor = lazy(() => import("./RuleEditor"));

interface Props {
  id: string;
  label: string;
  description?: string;
  rule: Rule | null;
  /** may be left out altogether */
  optional: boolean;
  required: boolean;
  readOnly: boolean;
  errors: readonly string[];
  onChange: (rule: Rule | null) => void;
}

/** A rule inside a form: in words, with the loans that match now, and a button that opens the editor. */
export function RuleField({ id, label, description, rule, optional, required, readOnly, errors, onChange }: Props) {
  const say = useTexts();
  const [editing, setEditing] = useState(false);
  const group = useMemo(() => readRule(rule), [rule]);
  const isEmpty = rule === null || group.rules.length === 0;
  const words = useWords(isEmpty ? null : group);
  return (
    <Input.Wrapper
      id={id}
      label={label}
      labelElement="div"
      description={description}
      required={required}
      error={errors.length > 0 ? errors.join("\n") : undefined}
    >
      <div className={classes.box}>
        <div className={isEmpty ? classes.quiet : classes.words} data-testid={`${id}-words`}>
          {isEmpty ? say("none") : (words.data?.words ?? "…")}
        </div>
        {rule !== null && <RuleCounted rule={group} />}
        {!readOnly && (
          <Group gap={6} mt={2}>
            <Button
              id={id}
              size="compact-xs"
              variant="default"
              leftSection={isEmpty ? <IconPlus size={13} /> : <IconPencil size={13} />}
              onClick={() => setEditing(true)}
            >
              {isEmpty ? say("create") : say("edit")}
            </Button>
            {optional && rule !== null && (
              <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange(null)}>
                {say("clear")}
              </Button>
            )}
          </Group>
        )}
      </div>
      <Modal opened={editing} onClose={() => setEditing(false)} title={label || say("title")} size={920} closeOnClickOutside={false}>
        <Suspense fallback={<Loader size="sm" />}>
          {editing && (
            <RuleEditor
              rule={group}
              onCancel={() => setEditing(false)}
              onApply={(next) => {
                setEditing(false);
                onChange(next);
              }}
            />
          )}
        </Suspense>
      </Modal>
    </Input.Wrapper>
  );
}
