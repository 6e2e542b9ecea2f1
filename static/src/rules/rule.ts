/** Rules as react-querybuilder writes them, and the field catalogue of the server. */
import type { RuleGroupType, RuleType } from "react-querybuilder";

export type FieldKind = "number" | "money" | "text" | "choice" | "boolean" | "date" | "tags";

export interface RuleField {
  readonly name: string;
  readonly label: string;
  readonly group: string;
  readonly type?: FieldKind;
  readonly inputType: string;
  readonly valueEditorType: string;
  readonly operators: readonly { readonly name: string; readonly label: string }[];
  readonly values: readonly { readonly name: string; readonly label: string }[];
  readonly unit: string | null;
}

export type Rule = Readonly<Record<string, unknown>>;

export const EMPTY_RULE: RuleGroupType = { combinator: "and", rules: [] };

function isGroup(value: unknown): value is RuleGroupType {
  return typeof value === "object" && value !== null && Array.isArray((value as { rules?: unknown }).rules);
}

/** What is stored as a rule, ready for the editor; anything else is an empty rule. */
export function readRule(value: Rule | null | undefined): RuleGroupType {
  return isGroup(value) ? listed(value) : EMPTY_RULE;
}

/** Ranges and lists may be stored as a text with commas; the editor works on lists. */
function listed(group: RuleGroupType): RuleGroupType {
  const rules = group.rules.map((member) => {
    if (typeof member === "string") return member;
    if (isGroup(member)) return listed(member);
    const value: unknown = member.value;
    const isText = typeof value === "string" && value !== "" && ["two", "list"].includes(arityOf(member.operator));
    return isText ? { ...member, value: value.split(",").map((part) => part.trim()) } : member;
  });
  return { ...group, rules };
}

/** Without the editor's own ids: they say nothing about the meaning and would make every rule look changed. */
export function bare(group: RuleGroupType): RuleGroupType {
  const rules = group.rules.map((member): RuleGroupType | RuleType => {
    if (typeof member === "string") return member;
    if (isGroup(member)) return bare(member);
    const { field, operator } = member;
    return { field, operator, value: member.value as unknown };
  });
  return { combinator: group.combinator, ...(group.not && { not: true }), rules };
}

const NO_VALUE = new Set(["null", "notNull"]);
const TWO_VALUES = new Set(["between", "notBetween"]);
const LISTS = new Set(["in", "notIn"]);

export type Arity = "none" | "one" | "two" | "list";

export function arityOf(operator: string): Arity {
  if (NO_VALUE.has(operator)) return "none";
  if (TWO_VALUES.has(operator)) return "two";
  return LISTS.has(operator) ? "list" : "one";
}

function isFilled(value: unknown): boolean {
  return value !== "" && value !== null && value !== undefined;
}

/** Whether every comparison has its values, so that asking the server makes sense. */
export function isComplete(group: RuleGroupType): boolean {
  return group.rules.every((member) => {
    if (typeof member === "string") return true;
    if (isGroup(member)) return member.rules.length > 0 && isComplete(member);
    const value: unknown = member.value;
    switch (arityOf(member.operator)) {
      case "none":
        return true;
      case "one":
        return isFilled(value) && !Array.isArray(value);
      case "two":
        return Array.isArray(value) && value.length === 2 && value.every(isFilled);
      case "list":
        return Array.isArray(value) && value.length > 0;
    }
  });
}

/** A value for a comparison that was just made or got another operator: what can be kept is kept. */
export function fittingValue(operator: string, value: unknown, field: RuleField | undefined): unknown {
  const values: readonly unknown[] = Array.isArray(value) ? value : isFilled(value) ? [value] : [];
  switch (arityOf(operator)) {
    case "none":
      return "";
    case "list":
      return values;
    case "two":
      return [values[0] ?? "", values[1] ?? ""];
    case "one":
      return values[0] ?? (field?.type === "boolean" ? "true" : "");
  }
}

/** Fields under their headings, for a list with search. */
export function byGroup<Item extends { readonly group: string }>(fields: readonly Item[]): { group: string; items: Item[] }[] {
  const groups = new Map<string, Item[]>();
  for (const field of fields) groups.set(field.group, [...(groups.get(field.group) ?? []), field]);
  return [...groups].map(([group, items]) => ({ group, items }));
}
