import { expect, test } from "vitest";
import { draftOf, isSame, signed, textsOf, withText } from "./model";

test("a signature is added once and only as far as it is missing", () => {
  expect(signed("Pay")).toBe("Pay. {{ creditor_name }}, {{ creditor_phone }}");
  expect(signed("Pay! {{creditor_name}}")).toBe("Pay! {{creditor_name}}. {{ creditor_phone }}");
  expect(signed(signed("Pay"))).toBe(signed("Pay"));
  expect(signed("")).toBe("{{ creditor_name }}, {{ creditor_phone }}");
});

test("a language in which nothing is written is not sent, and blanks change nothing", () => {
  const draft = withText(draftOf(null), "ru", { body: "Привет" });
  expect(textsOf(draft)).toEqual({ ru: { subject: "", body: "Привет" }, en: null });
  expect(isSame(draft, withText(draft, "en", { body: "  " }))).toBe(true);
  expect(isSame(draft, withText(draft, "en", { body: "Hi" }))).toBe(false);
});
