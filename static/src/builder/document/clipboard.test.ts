import { describe, expect, it } from "vitest";

import { duplicate, fragmentOf, paste, readFragment, writeFragment, type Fragment } from "./clipboard";
import { equalJson } from "./difference";
import { countingIds, done, node, refusal, sample, wires } from "./fixtures";
import { EMPTY_DOCUMENT } from "./types";

function read(text: string): Fragment {
  const found = readFragment(text);
  if ("refused" in found) throw new Error(found.refused);
  return found;
}

describe("the clipboard", () => {
  it("carries nodes and the edges between them into another scenario under new ids", () => {
    const text = writeFragment(fragmentOf(sample(), new Set(["text", "wait"])));
    const fragment = read(text);
    const pasted = done(paste(EMPTY_DOCUMENT, fragment, countingIds(), { x: 100, y: 200 }));
    expect(wires(pasted)).toEqual(["n_1.sent→n_2"]);
    expect(pasted.nodes.map((item) => item.position)).toEqual([
      { x: 100, y: 200 },
      { x: 100, y: 350 },
    ]);
  });

  it("accepts a whole document", () => {
    expect(read(JSON.stringify(sample())).nodes).toHaveLength(5);
  });

  it.each(["", "hello", "[]", "{}", '{"nodes": []}', '{"nodes": [1, null, {"id": 3}]}', '{"nodes": "x"}'])(
    "takes %j for what it is: not a part of a scenario",
    (text) => expect(readFragment(text)).toEqual({ refused: "paste" }),
  );

  it("drops broken parts, keeps the good ones, and never lets params be anything but an object", () => {
    const fragment = read(
      JSON.stringify({
        nodes: [
          { id: "a", type: "sms", position: { x: 0, y: 0 }, data: { label: 5, params: [1] } },
          { id: "b", type: "sms", position: { x: null, y: 0 }, data: {} },
        ],
        edges: [{ id: "e", source: "a", sourceHandle: "sent", target: "b" }, "x"],
      }),
    );
    expect(fragment.nodes).toEqual([{ id: "a", type: "sms", position: { x: 0, y: 0 }, data: { label: "", params: {} } }]);
    expect(done(paste(EMPTY_DOCUMENT, fragment, countingIds())).edges).toEqual([]);
  });

  it("refuses a paste of thousands", () => {
    const nodes = Array.from({ length: 5000 }, (_, index) => node(`n${index}`, "sms"));
    expect(readFragment(JSON.stringify({ nodes }))).toEqual({ refused: "paste_much" });
    const many = { ...sample(), nodes: nodes.slice(0, 1_998) };
    expect(refusal(paste(many, fragmentOf(sample(), new Set(["ask", "text", "wait"])), countingIds()))).toBe("many");
  });

  it("refuses what another version of the program wrote, and says so", () => {
    expect(readFragment(JSON.stringify({ ...sample(), format: 7 }))).toEqual({ refused: "paste_format" });
  });

  it("lets copies of copies stand beside each other", () => {
    const fragment = fragmentOf(sample(), new Set(["ask"]));
    const once = done(paste(sample(), fragment, countingIds()));
    const twice = done(paste(once, fragment, countingIds()));
    expect(twice.nodes.slice(-2).map((item) => item.position)).toEqual([
      { x: 40, y: 190 },
      { x: 80, y: 230 },
    ]);
  });

  it("duplicates beside the original and selects the copies", () => {
    const change = duplicate(sample(), new Set(["text"]), countingIds());
    expect(change).toMatchObject({ select: ["n_1"] });
    expect(done(change).nodes.at(-1)?.position).toEqual({ x: -100, y: 340 });
  });
});

describe("equality", () => {
  it("compares JSON whatever the order of keys", () => {
    expect(equalJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    expect(equalJson({ a: undefined }, { b: undefined })).toBe(false);
    expect(equalJson([1], { 0: 1 })).toBe(false);
  });
});
