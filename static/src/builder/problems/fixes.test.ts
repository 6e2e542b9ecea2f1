import { describe, expect, it } from "vitest";

import { countingIds, done, edge, grammar, node, sample, wires } from "../document/fixtures";
import type { Fix, Problem } from "../model";
import { applyFix, applyFixes, type Tools } from "./fixes";
import { grouped } from "./kinds";

const TYPES = { entry: "entry.segment", wait: "wait.duration", end: "exit" } as Record<string, string>;

function tools(): Tools {
  return { grammar, ids: countingIds(), usual: (group) => ({ type: TYPES[group] ?? "", label: group, params: {} }) };
}

function problem(code: string, id: string | null, fix: Fix | null): Problem {
  return { code, text: code, node: id, severity: "error", fix };
}

const fix = (act: Fix["act"], values: Record<string, unknown>): Fix => ({ title: "Mend", act, values });

function mended(document: ReturnType<typeof sample>, id: string | null, given: Fix) {
  return done(applyFix(document, problem("x", id, given), given, tools()));
}

describe("a fix", () => {
  it("leads a free way out to the exit that is there", () => {
    const drawn = { ...sample(), edges: sample().edges.filter((item) => item.id !== "e5") };
    expect(wires(mended(drawn, "text", fix("end", { ports: ["failed"] })))).toEqual(wires(sample()));
  });

  it("makes an exit when there is none, once for all ways out", () => {
    const drawn = { ...sample(), nodes: [node("text", "sms")], edges: [] };
    const after = mended(drawn, "text", fix("end", { ports: ["sent", "failed"] }));
    expect(after.nodes.map((item) => item.type)).toEqual(["sms", "exit"]);
    expect(new Set(after.edges.map((item) => item.target)).size).toBe(1);
  });

  it("changes only the params that it names", () => {
    const drawn = { ...sample(), nodes: sample().nodes.map((item) => (item.id === "text" ? { ...item, data: { label: "text", params: { a: 1, b: 2 } } } : item)) };
    const after = mended(drawn, "text", fix("params", { b: 3 }));
    expect(after.nodes.find((item) => item.id === "text")?.data.params).toEqual({ a: 1, b: 3 });
  });

  it("deletes lines, sets settings, puts a wait in and adds an entry", () => {
    const odd = { ...sample(), edges: [...sample().edges, edge("odd", "start", "next", "ghost")] };
    expect(wires(mended(odd, "start", fix("disconnect", { edges: ["odd"] })))).toEqual(wires(sample()));
    expect(mended(sample(), null, fix("settings", { goal: { kind: "overdue_paid" } })).settings.goal).toEqual({ kind: "overdue_paid" });
    const waited = mended(sample(), null, fix("insert", { edge: "e3", group: "wait" }));
    expect(waited.nodes.filter((item) => item.type === "wait.duration")).toHaveLength(2);
    expect(mended({ ...sample(), nodes: [], edges: [] }, null, fix("add", { group: "entry" })).nodes[0]?.type).toBe("entry.segment");
  });

  it("is skipped in a row of fixes when its step is gone", () => {
    const row = [problem("a", "nobody", fix("end", { ports: ["x"] })), problem("b", null, fix("settings", { priority: 3 }))];
    expect(done(applyFixes(sample(), row, tools())).settings.priority).toBe(3);
  });
});

it("problems stand by what they are about, with errors above", () => {
  const found = grouped([
    { code: "policy", text: "", severity: "warning" },
    { code: "template.creditor", text: "", node: "a", severity: "warning" },
    { code: "template.syntax", text: "", node: "a", severity: "error" },
    { code: "port.unwired", text: "", node: "b", severity: "error" },
  ]);
  expect(found.map((group) => [group.kind, group.errors, group.problems.length])).toEqual([
    ["ways", 1, 1],
    ["texts", 1, 2],
    ["scenario", 0, 1],
  ]);
  expect(found[1]?.problems[0]?.code).toBe("template.syntax");
});
