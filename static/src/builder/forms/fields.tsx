import { Group, Input, NumberInput } from "@mantine/core";
import type { FieldProps } from "@rjsf/utils";
import { lazy, Suspense } from "react";

import { RuleField } from "../../rules/RuleField";
import { useTexts } from "../texts";
import { textsOf } from "./shape";
import type { FormPlace } from "./widgets";

const LibraryChoice = lazy(() => import("./LibraryChoice"));

type Rule = Record<string, unknown>;

const PARTS = ["days", "hours", "minutes"] as const;

/** A length of time in days, hours and minutes, on one line. */
export function DurationField(props: FieldProps<Record<string, unknown>>) {
  const { schema, formData, fieldPathId, onChange, readonly, disabled, required, errorSchema } = props;
  const say = useTexts();
  const value = (formData ?? {}) as Record<string, number>;
  return (
    <Input.Wrapper
      label={schema.title}
      description={schema.description}
      required={required ?? false}
      error={textsOf(errorSchema)[0]}
      id={fieldPathId.$id}
    >
      <Group gap={6} wrap="nowrap">
        {PARTS.map((part) => (
          <NumberInput
            key={part}
            id={`${fieldPathId.$id}_${part}`}
            aria-label={`${schema.title ?? ""}: ${say(`duration.${part}_long`)}`}
            suffix={` ${say(`duration.${part}`)}`}
            value={value[part] ?? 0}
            min={0}
            allowDecimal={false}
            hideControls
            disabled={(readonly ?? false) || (disabled ?? false)}
            onChange={(next) => onChange({ days: 0, hours: 0, minutes: 0, ...value, [part]: Number(next) || 0 }, fieldPathId.path)}
          />
        ))}
      </Group>
    </Input.Wrapper>
  );
}

/** A rule in words, the number of loans that it holds for, and the way into the editor. */
export function RuleFormField(props: FieldProps<Rule>) {
  const { schema, formData, fieldPathId, onChange, readonly, disabled, required, errorSchema } = props;
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]) as readonly unknown[];
  return (
    <RuleField
      id={fieldPathId.$id}
      label={schema.title ?? ""}
      {...(schema.description && { description: schema.description })}
      rule={formData ?? null}
      optional={types.includes("null")}
      required={required ?? false}
      readOnly={(readonly ?? false) || (disabled ?? false)}
      errors={textsOf(errorSchema)}
      onChange={(rule) => onChange(rule as Rule | undefined, fieldPathId.path)}
    />
  );
}

/** A text of the step's own, or one of the library; the chooser comes when a message is opened. */
export function LibraryField(props: FieldProps<Record<string, unknown>>) {
  const { formData, fieldPathId, readonly, disabled, errorSchema, registry } = props;
  const { kind, node } = registry.formContext as FormPlace;
  return (
    <Suspense fallback={null}>
      <LibraryChoice
        id={fieldPathId.$id}
        kind={kind}
        node={node}
        chosen={(formData ?? null) as { key: string; revision: number } | null}
        readOnly={(readonly ?? false) || (disabled ?? false)}
        errors={textsOf(errorSchema)}
      />
    </Suspense>
  );
}
