import { describe, expect, it } from "vitest";
import type { Upload } from "../api/types/imports";
import { chosen, isFed, missing, unused } from "./mapping";

function target(key: string, required: boolean): Upload["targets"][number] {
  return { key, title: key, help: "", required, type: "text", options: {} };
}

const upload: Upload = {
  upload_id: "1",
  kind: "loans",
  file_name: "loans.csv",
  size: 10,
  format: "csv",
  encoding: "utf-8",
  separator: ";",
  sheet: null,
  sheets: [],
  columns: ["id", "debt", "manager"].map((name) => ({ name, samples: [] })),
  targets: [target("external_id", true), target("balance", true), target("product", false)],
  mapping: {},
  remembered: false,
  doubts: {},
};

describe("a mapping", () => {
  it("is sent without targets that get no value, and without options that say nothing", () => {
    const mapping = {
      external_id: { column: "id", constant: null, decimal: "" },
      balance: { column: null },
      product: { column: null, constant: "card", values: { "-": null } },
      region: { column: null, constant: " " },
    };
    expect(chosen(mapping)).toEqual({ external_id: { column: "id" }, product: { constant: "card", values: { "-": null } } });
  });

  it("lacks the required targets that get neither a column nor a constant", () => {
    expect(missing(upload, { external_id: { column: "id" } }).map((one) => one.key)).toEqual(["balance"]);
    expect(missing(upload, { external_id: { column: "id" }, balance: { constant: 0 } })).toEqual([]);
  });

  it("leaves columns of the file unused", () => {
    expect(unused(upload, { external_id: { column: "id" }, balance: { column: "debt" } })).toEqual(["manager"]);
  });

  it("takes zero for a value and an empty text for none", () => {
    expect([isFed({ constant: 0 }), isFed({ constant: "" }), isFed(undefined)]).toEqual([true, false, false]);
  });
});
