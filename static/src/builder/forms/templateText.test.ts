import { expect, it } from "vitest";

import { insertAt } from "./templateText";

it("a variable is put where the cursor is, in place of what is selected", () => {
  expect(insertAt("Hello !", "{{ x }}", 6, 6)).toEqual({ text: "Hello {{ x }}!", cursor: 13 });
  expect(insertAt("Hello you!", "{{ x }}", 6, 9)).toEqual({ text: "Hello {{ x }}!", cursor: 13 });
});
