import { describe, expect, it } from "vitest";

import { sample } from "./fixtures";
import { waysThrough } from "./paths";

function seen(...chosen: string[]): [string[], string[]] {
  const way = waysThrough(sample(), new Set(chosen));
  return [[...(way?.nodes ?? [])].sort(), [...(way?.edges ?? [])].sort()];
}

describe("ways through", () => {
  it("a step: all that leads to it and all that follows", () => {
    expect(seen("wait")).toEqual([["ask", "done", "start", "text", "wait"], ["e1", "e2", "e4", "e6"]]);
  });

  it("a connection: only ways that take it", () => {
    expect(seen("e3")).toEqual([["ask", "done", "start"], ["e1", "e3"]]);
  });

  it("two steps: only ways that pass both", () => {
    expect(seen("ask", "e5")).toEqual([["ask", "done", "start", "text"], ["e1", "e2", "e5"]]);
  });

  it("two branches that exclude each other: both", () => {
    expect(seen("e3", "wait")[0]).toEqual(["ask", "done", "start", "text", "wait"]);
  });

  it("nothing chosen, nothing faded", () => {
    expect(waysThrough(sample(), new Set(["gone"]))).toBeNull();
  });
});
