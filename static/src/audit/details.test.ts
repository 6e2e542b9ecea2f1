import { expect, test } from "vitest";
import { inShort, lines, type Named } from "./details";

const words: Named = {
  name: (key) => (key === "kinds" ? "told of" : key),
  value: (key, code) => (key === "kinds" && code === "case.ended" ? "case ended" : code),
  yes: "yes",
  no: "no",
};

test("codes are said in words where they stand for something, and nowhere else", () => {
  expect(inShort({ kinds: ["case.ended", "later.kind"], name: "case.ended" }, words)).toBe("told of: case ended, later.kind · name: case.ended");
});

test("a list of words is a line of its own, and what has parts is long", () => {
  expect(lines({ kinds: ["case.ended"], changes: { password: true } }, words)).toEqual([
    { name: "told of", value: "case ended", isLong: false },
    { name: "changes", value: '{\n  "password": true\n}', isLong: true },
  ]);
});
