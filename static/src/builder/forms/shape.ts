/** From a node type's JSON Schema to what the form library needs, by the schema's own hints alone. */
import type { ErrorSchema, RJSFSchema, UiSchema } from "@rjsf/utils";

import type { Params } from "../document/types";
import type { Problem } from "../model";

type Json = Record<string, unknown>;

/** Hints that a whole value, whatever its type, has its own editor. */
const FIELDS = new Set(["rule", "duration", "library"]);
const WIDGETS = new Set(["template", "time", "connector", "scenario", "key", "textarea", "checkboxes"]);

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hintOf(schema: Json): string | undefined {
  return typeof schema["x-widget"] === "string" ? schema["x-widget"] : undefined;
}

function uiOf(schema: Json): UiSchema {
  const hint = hintOf(schema);
  if (hint && FIELDS.has(hint)) return { "ui:field": hint };
  const ui: UiSchema = {};
  if (typeof schema["x-unit"] === "string") ui["ui:options"] = { suffix: `\u00a0${schema["x-unit"]}` };
  if (schema.type === "array") {
    const items = isJson(schema.items) ? schema.items : {};
    const named = Array.isArray(items.oneOf) || Array.isArray(items.enum);
    if (named) ui["ui:widget"] = hint === "checkboxes" ? "checkboxes" : "select";
    else ui.items = uiOf(items);
  } else if (isJson(schema.properties)) {
    for (const [name, part] of Object.entries(schema.properties)) {
      if (isJson(part)) ui[name] = uiOf(part);
    }
  } else if (hint && WIDGETS.has(hint)) ui["ui:widget"] = hint;
  return ui;
}

/** The schema without the part for the form, and the form's hints. The order is that of the server. */
export function shapeOf(paramsSchema: Json): { schema: RJSFSchema; ui: UiSchema } {
  const { ui: given, ...schema } = paramsSchema;
  const order = isJson(given) ? given["ui:order"] : undefined;
  const ui = uiOf(schema);
  return { schema, ui: { ...ui, ...(Array.isArray(order) && { "ui:order": [...(order as string[]), "*"] }) } };
}

function firstFree(prefix: string, taken: ReadonlySet<unknown>): string {
  let count = taken.size + 1;
  while (taken.has(`${prefix}${count}`)) count += 1;
  return `${prefix}${count}`;
}

function blankOf(schema: Json): unknown {
  if ("default" in schema) return schema.default;
  if (hintOf(schema) === "rule") return { combinator: "and", rules: [] };
  if (schema.type === "integer" || schema.type === "number") return typeof schema.minimum === "number" ? schema.minimum : 0;
  return schema.type === "string" ? "" : undefined;
}

function completeItem(item: unknown, schema: Json, others: readonly unknown[]): unknown {
  if (!isJson(schema.properties)) return item;
  const filled: Json = isJson(item) ? { ...item } : {};
  for (const [name, part] of Object.entries(schema.properties)) {
    if (!isJson(part) || filled[name] !== undefined) continue;
    const isKey = hintOf(part) === "key";
    const value = isKey ? firstFree("way_", new Set(others.filter(isJson).map((other) => other[name]))) : blankOf(part);
    if (value !== undefined) filled[name] = value;
  }
  return filled;
}

/** New rows of lists get their defaults, and a key that no other row has: people name rows by their titles. */
export function complete(params: Params, paramsSchema: Json): Params {
  const properties = isJson(paramsSchema.properties) ? paramsSchema.properties : {};
  const filled: Json = { ...params };
  for (const [name, part] of Object.entries(properties)) {
    const value = filled[name];
    if (!isJson(part) || part.type !== "array" || !isJson(part.items) || !Array.isArray(value)) continue;
    const items = part.items;
    const rows: unknown[] = [];
    for (const row of value as unknown[]) rows.push(completeItem(row, items, [...rows, ...(value as unknown[])]));
    filled[name] = rows;
  }
  return filled;
}

/** The server's problems as the form library wants them: by path, a rule's inner problems at the rule. */
export function errorsOf(problems: readonly Problem[]): ErrorSchema {
  const root: ErrorSchema = {};
  for (const problem of problems) {
    if (!problem.field) continue;
    let place = root as Record<string, ErrorSchema>;
    let at: ErrorSchema = root;
    for (const step of problem.field.split(".")) {
      at = place[step] ??= {};
      place = at as Record<string, ErrorSchema>;
    }
    (at.__errors ??= []).push(problem.text);
  }
  return root;
}

/** Every text below a place in an error tree. */
export function textsOf(errors: ErrorSchema | undefined): string[] {
  if (!errors) return [];
  return Object.entries(errors).flatMap(([key, value]) =>
    key === "__errors" ? (value as unknown as string[]) : textsOf(value as ErrorSchema),
  );
}
