import type { RJSFSchema, ValidatorType } from "@rjsf/utils";

import { equalJson } from "../document/difference";

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

function fits(schema: RJSFSchema, value: unknown): boolean {
  if ("const" in schema && !equalJson(schema.const, value)) return false;
  if (schema.enum && !schema.enum.some((item) => equalJson(item, value))) return false;
  if (schema.type === undefined) return true;
  const types: readonly string[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  const found = typeOf(value);
  return types.includes(found) || (found === "integer" && types.includes("number"));
}

/**
 * The server judges the params, as you type; the form only needs to know which of several shapes a value has. A
 * validator that compiles schemas into code would break the page's content security policy.
 */
export const plainValidator: ValidatorType = {
  isValid: (schema, data) => fits(schema, data),
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  rawValidation: () => ({}),
};
