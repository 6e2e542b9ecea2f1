import { withTheme, type IChangeEvent } from "@rjsf/core";
import { Theme } from "@rjsf/mantine";
import { useEffect, useMemo, useRef } from "react";

import { equalJson } from "../document/difference";
import { changeParams, findNode } from "../document/commands";
import type { Params, ScenarioNode } from "../document/types";
import type { PaletteNode, Problem } from "../model";
import { useActions } from "../state/actions";
import { useBuilder, usePlace } from "../state/context";
import { DurationField, LibraryField, RuleFormField } from "./fields";
import { complete, errorsOf, shapeOf } from "./shape";
import { ArrayItemTemplate, ArrayTemplate, ObjectTemplate } from "./templates";
import { plainValidator } from "./validator";
import { CheckboxWidget, ConnectorWidget, KeyWidget, ScenarioWidget, TemplateWidget, TextareaWidget, TimeWidget, type FormPlace } from "./widgets";

const ThemedForm = withTheme<Params>(Theme);

const FIELDS = { rule: RuleFormField, duration: DurationField, library: LibraryField };
const WIDGETS = {
  template: TemplateWidget,
  time: TimeWidget,
  key: KeyWidget,
  textarea: TextareaWidget,
  CheckboxWidget,
  scenario: ScenarioWidget,
  connector: ConnectorWidget,
};
const TEMPLATES = {
  ArrayFieldTemplate: ArrayTemplate,
  ArrayFieldItemTemplate: ArrayItemTemplate,
  ObjectFieldTemplate: ObjectTemplate,
  ErrorListTemplate: () => null,
  FieldErrorTemplate: () => null,
};
/** Opening a form must not change the document, so nothing is filled in unasked. */
const DEFAULTS = { emptyObjectFields: "skipDefaults", arrayMinItems: { populate: "never" } } as const;
const PREFIX = "field";

/** Brings the field of a problem into view and puts the cursor into it. */
function useFocusedField(): React.RefObject<HTMLDivElement | null> {
  const holder = useRef<HTMLDivElement>(null);
  const { store } = usePlace();
  const focusField = useBuilder((state) => state.focusField);
  useEffect(() => {
    if (!focusField || !holder.current) return;
    const steps = focusField.split(".");
    for (let length = steps.length; length > 0; length -= 1) {
      const id = [PREFIX, ...steps.slice(0, length)].join("_");
      const found = holder.current.querySelector<HTMLElement>(`#${CSS.escape(id)}`);
      if (!found) continue;
      found.scrollIntoView({ block: "center" });
      (found.matches("input,textarea,button") ? found : found.querySelector<HTMLElement>("input,textarea,button"))?.focus();
      break;
    }
    store.getState().set({ focusField: null });
  }, [focusField, store]);
  return holder;
}

/** The form of a node's params, out of its type's JSON Schema; loaded when a node is opened. */
export default function ParamsForm({ node, kind, problems }: { node: ScenarioNode; kind: PaletteNode; problems: readonly Problem[] }) {
  const { store } = usePlace();
  const actions = useActions();
  const editable = useBuilder((state) => state.mode === "edit" && !state.readOnly);
  const holder = useFocusedField();
  const { schema, ui } = useMemo(() => shapeOf(kind.params_schema), [kind]);
  const place = useMemo<FormPlace>(() => ({ kind, node }), [kind, node]);
  const errors = useMemo(() => errorsOf(problems), [problems]);
  const onChange = (event: IChangeEvent<Params>) => {
    const params = complete(event.formData ?? {}, kind.params_schema);
    const { document } = store.getState();
    if (equalJson(params, findNode(document, node.id)?.data.params)) return;
    actions.apply(changeParams(document, node.id, params), `params:${node.id}`);
  };
  return (
    <div ref={holder}>
      <ThemedForm
        key={node.id}
        idPrefix={PREFIX}
        schema={schema}
        uiSchema={{ ...ui, "ui:submitButtonOptions": { norender: true } }}
        formData={node.data.params}
        validator={plainValidator}
        fields={FIELDS}
        widgets={WIDGETS}
        templates={TEMPLATES}
        formContext={place}
        extraErrors={errors}
        readonly={!editable}
        noHtml5Validate
        noValidate
        showErrorList={false}
        tagName="div"
        experimental_defaultFormStateBehavior={DEFAULTS}
        onChange={onChange}
      />
    </div>
  );
}
