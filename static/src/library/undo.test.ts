import { expect, test } from "vitest";
import { begin, further, redo, undo } from "./undo";

test("typing without a pause is one step, another field begins a new one", () => {
  let steps = begin("");
  steps = further(steps, "a", "ru", 0);
  steps = further(steps, "ab", "ru", 300);
  steps = further(steps, "abc", "en", 400);
  expect(undo(steps).value).toBe("ab");
  expect(undo(undo(steps)).value).toBe("");
  expect(undo(undo(undo(steps))).value).toBe("");
});

test("what was taken back comes again until something else is typed", () => {
  const typed = further(further(begin("one"), "two", "x", 0), "three", "x", 5_000);
  const back = undo(undo(typed));
  expect(redo(redo(back)).value).toBe("three");
  expect(redo(further(back, "other", "x", 9_000)).value).toBe("other");
});
