import { describe, expect, it } from "vitest";

import { complete, errorsOf, shapeOf, textsOf } from "./shape";

const SPLIT = {
  type: "object",
  properties: {
    arms: {
      type: "array",
      "x-widget": "branches",
      items: {
        type: "object",
        properties: {
          key: { type: "string", "x-widget": "key" },
          title: { type: "string", "x-widget": "text" },
          weight: { type: "integer", minimum: 0, "x-unit": "%" },
          holdout: { type: "boolean", default: false },
          rule: { type: "object", "x-widget": "rule" },
        },
      },
    },
    kinds: { type: "array", "x-widget": "multiselect", items: { type: "string", oneOf: [{ const: "a", title: "A" }] } },
    timeout: { type: "object", "x-widget": "duration", properties: { days: { type: "integer" } } },
    odd: { type: "string", "x-widget": "of the future" },
  },
  ui: { "ui:order": ["timeout", "arms"] },
};

describe("the shape of a form", () => {
  it("follows the hints of the schema, and gives a plain field to a hint it does not know", () => {
    const { schema, ui } = shapeOf(SPLIT);
    expect(schema).not.toHaveProperty("ui");
    expect(ui["ui:order"]).toEqual(["timeout", "arms", "*"]);
    expect(ui.timeout).toEqual({ "ui:field": "duration" });
    expect(ui.kinds).toEqual({ "ui:widget": "select" });
    expect(ui.odd).toEqual({});
    expect(ui.arms).toMatchObject({ items: { key: { "ui:widget": "key" }, rule: { "ui:field": "rule" } } });
  });

  it("gives a new row its defaults and a key of its own, and leaves the other rows alone", () => {
    const first = { key: "way_2", title: "A", weight: 50, holdout: false, rule: { combinator: "or", rules: [] } };
    const params = complete({ arms: [first, {}] }, SPLIT);
    const rows = params.arms as Record<string, unknown>[];
    expect(rows[0]).toEqual(first);
    expect(rows[1]).toMatchObject({ title: "", weight: 0, holdout: false, rule: { combinator: "and", rules: [] } });
    expect(rows[1]?.key).not.toBe("way_2");
  });

  it("puts each problem at its field, however deep", () => {
    const errors = errorsOf([
      { code: "a", text: "too much", node: "n", field: "arms.1.weight", severity: "error" },
      { code: "b", text: "no such field", node: "n", field: "rule.rules.0.field", severity: "error" },
      { code: "c", text: "elsewhere", node: "n", field: null, severity: "error" },
    ]);
    expect(errors).toEqual({
      arms: { 1: { weight: { __errors: ["too much"] } } },
      rule: { rules: { 0: { field: { __errors: ["no such field"] } } } },
    });
    expect(textsOf((errors as Record<string, never>).rule)).toEqual(["no such field"]);
  });
});
