import type { RuleGroupType } from "react-querybuilder";
import { describe, expect, it } from "vitest";

import { arityOf, bare, byGroup, fittingValue, isComplete, readRule, type Rule } from "./rule";

const comparison = (operator: string, value: unknown) => ({ field: "dpd", operator, value });
const all = (...rules: RuleGroupType["rules"]): RuleGroupType => ({ combinator: "and", rules });

describe("a rule", () => {
  it("is stored without the editor's ids, at every depth", () => {
    const group = { id: "1", ...all({ id: "2", ...comparison("=", 1) }, { id: "3", not: true, ...all() }) };
    expect(bare(group)).toEqual(all(comparison("=", 1), { combinator: "and", not: true, rules: [] }));
  });

  it("is empty when what is stored is none", () => {
    expect(readRule(null).rules).toEqual([]);
    expect(readRule({ rules: "x" }).rules).toEqual([]);
  });

  it("has lists where a range or a list is stored as a text with commas, at every depth", () => {
    const stored = all(comparison("between", "1, 30"), all(comparison("in", "payday,pdl"), comparison("=", "a,b")));
    expect(readRule(stored as unknown as Rule)).toEqual(all(comparison("between", ["1", "30"]), all(comparison("in", ["payday", "pdl"]), comparison("=", "a,b"))));
  });

  it("is complete when every comparison has as many values as it takes", () => {
    expect(isComplete(all())).toBe(true);
    expect(isComplete(all(comparison(">=", 0), comparison("null", "")))).toBe(true);
    expect(isComplete(all(comparison(">=", "")))).toBe(false);
    expect(isComplete(all(comparison("between", [1, ""])))).toBe(false);
    expect(isComplete(all(comparison("in", [])))).toBe(false);
    expect(isComplete(all(all()))).toBe(false);
  });

  it("keeps what it can of a value when the operator changes", () => {
    expect(fittingValue("between", 5, undefined)).toEqual([5, ""]);
    expect(fittingValue(">=", [5, 9], undefined)).toBe(5);
    expect(fittingValue("in", 5, undefined)).toEqual([5]);
    expect(fittingValue("null", 5, undefined)).toBe("");
    expect(arityOf("notBetween")).toBe("two");
  });

  it("lists fields under their headings in the server's order", () => {
    const fields = [{ group: "Debt" }, { group: "Loan" }, { group: "Debt" }];
    expect(byGroup(fields).map(({ group, items }) => [group, items.length])).toEqual([
      ["Debt", 2],
      ["Loan", 1],
    ]);
  });
});
