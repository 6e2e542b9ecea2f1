import { describe, expect, it } from "vitest";
import { complete, FIRST, parseShare, showShare } from "./model";

describe("a share", () => {
  it.each([
    ["0,8", 8_000],
    ["0.8 %", 8_000],
    ["292", 2_920_000],
    ["0,0001", 1],
    ["0", 0],
  ])("%s is read to the millionth", (text, ppm) => expect(parseShare(text)).toBe(ppm));

  it.each(["", "-1", "1,23456", "a", "1..2"])("%s is none", (text) => expect(parseShare(text)).toBeNull());

  it.each([0, 1, 8_000, 200_000, 2_920_000, 1_000_000])("of %i millionths is read as it was shown", (ppm) => {
    for (const language of ["en", "ru"]) expect(parseShare(showShare(ppm, language))).toBe(ppm);
  });
});

describe("terms", () => {
  it("are complete when no field is empty", () => {
    expect(complete(FIRST)).toEqual(FIRST);
    expect(complete({ ...FIRST, term_max: null })).toBeNull();
  });

  it("of a single payment know no instalments", () => {
    expect(complete({ ...FIRST, pay_every: 14 })?.pay_every).toBe(1);
    expect(complete({ ...FIRST, kind: "annuity", pay_every: 14 })?.pay_every).toBe(14);
  });
});
