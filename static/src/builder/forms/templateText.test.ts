import { describe, expect, it } from "vitest";

import { insertAt, lengthOf, withExamples } from "./templateText";

describe("the length of a message", () => {
  it("counts 160 Latin or 70 Russian characters to the first segment, 153 or 67 to each of several", () => {
    expect(lengthOf("")).toEqual({ characters: 0, segments: 0 });
    expect(lengthOf("a".repeat(160)).segments).toBe(1);
    expect(lengthOf("a".repeat(161)).segments).toBe(2);
    expect(lengthOf("я".repeat(70)).segments).toBe(1);
    expect(lengthOf("я".repeat(71)).segments).toBe(2);
    expect(lengthOf("я".repeat(135)).segments).toBe(3);
  });

  it("counts the escaped characters of the 7-bit alphabet twice", () => {
    expect(lengthOf("€".repeat(80)).segments).toBe(1);
    expect(lengthOf("€".repeat(81)).segments).toBe(2);
  });

  it("counts examples in place of variables", () => {
    expect(withExamples("{{ first_name }}, {{overdue | money}} {{ nobody }}", { first_name: "Anna", overdue: "1 ₽" })).toBe(
      "Anna, 1 ₽ {{ nobody }}",
    );
  });

  it("puts a variable where the cursor is", () => {
    expect(insertAt("Hello !", "{{ x }}", 6, 6)).toEqual({ text: "Hello {{ x }}!", cursor: 13 });
    expect(insertAt("abc", "X", 1, 2)).toEqual({ text: "aXc", cursor: 2 });
  });
});
