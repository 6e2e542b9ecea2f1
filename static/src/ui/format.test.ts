import { describe, expect, it } from "vitest";
import { day, fileSize, instant, money, moneyShort, number, parseMoney, percent, plural, setTimeZone, span, zoneOffset } from "./format";

const plain = (text: string) => text.replace(/\u00a0/g, " ");

describe("a time zone", () => {
  it("is told by its distance from UTC", () => {
    expect(zoneOffset("Asia/Yekaterinburg")).toBe("UTC+5");
    expect(zoneOffset("Europe/Kaliningrad")).toBe("UTC+2");
  });

  it("stands for itself when nobody knows it", () => {
    expect(zoneOffset("Nowhere/Town")).toBe("Nowhere/Town");
  });
});

describe("money", () => {
  it("shows kopecks only where there are any", () => {
    expect(plain(money(1_248_050, "ru"))).toBe("12 480,50 ₽");
    expect(plain(money(1_248_050, "en"))).toBe("12 480.50 ₽");
    expect(plain(money(1_248_000, "ru"))).toBe("12 480 ₽");
  });

  it("says large sums in short form", () => {
    expect(plain(moneyShort(41_260_000_000, "ru"))).toBe("412,6 млн ₽");
    expect(plain(moneyShort(41_260_000_000, "en"))).toBe("412.6 M ₽");
    expect(plain(moneyShort(12_345_600, "ru"))).toBe("123,5 тыс. ₽");
    expect(plain(moneyShort(123_000_000_000_00, "ru"))).toBe("123 млрд ₽");
  });

  it("keeps small sums whole", () => {
    expect(plain(moneyShort(0, "ru"))).toBe("0 ₽");
    expect(plain(moneyShort(2, "ru"))).toBe("0,02 ₽");
    expect(plain(moneyShort(9_999_949, "ru"))).toBe("99 999 ₽");
  });

  it("never says a thousand of the smaller unit", () => {
    expect(plain(moneyShort(99_996_000, "ru"))).toBe("1 млн ₽");
    expect(plain(moneyShort(96_000_000, "ru"))).toBe("960 тыс. ₽");
  });

  it("keeps the sign, and has no negative zero", () => {
    expect(plain(moneyShort(-41_260_000_000, "ru"))).toBe("−412,6 млн ₽");
    expect(plain(money(-5, "ru"))).toBe("−0,05 ₽");
    expect(number(-0.001, "ru", 1)).toBe("0,0");
  });

  it("reads what people type, in roubles, as kopecks", () => {
    expect(parseMoney("12 480,50 ₽")).toBe(1_248_050);
    expect(parseMoney("12480.5")).toBe(1_248_050);
    expect(parseMoney("0,07")).toBe(7);
    expect(parseMoney("1.005")).toBeNull();
    expect(parseMoney("-3")).toBeNull();
    expect(parseMoney("twelve")).toBeNull();
    expect(parseMoney("")).toBeNull();
    expect(parseMoney("99999999999999999999")).toBeNull();
  });
});

describe("moments and days", () => {
  const now = new Date("2026-11-24T09:00:00Z");

  it("says them on the portfolio's clock", () => {
    setTimeZone("Europe/Moscow");
    expect(instant("2026-11-24T06:05:00Z", "ru", now)).toBe("сегодня, 09:05");
    expect(instant("2026-11-23T21:30:00Z", "en", now)).toBe("today, 00:30");
    expect(instant("2026-11-23T20:30:00Z", "en", now)).toBe("yesterday, 23:30");
  });

  it("follows the portfolio to another zone", () => {
    setTimeZone("Asia/Vladivostok");
    expect(instant("2026-11-24T06:05:00Z", "en", now)).toBe("today, 16:05");
    setTimeZone("Europe/Moscow");
  });

  it("names near days and dates far ones", () => {
    expect(day("2026-11-23", "ru", now)).toBe("вчера");
    expect(day("2026-11-25", "en", now)).toBe("tomorrow");
    expect(day("2026-11-12", "en", now)).toBe("12 Nov");
    expect(day("2025-11-12", "en", now)).toBe("12 Nov 2025");
  });

  it("says spans in at most two units", () => {
    expect(plain(span(40, "en"))).toBe("40 s");
    expect(plain(span(3_900, "ru"))).toBe("1 ч 5 мин");
    expect(plain(span(2 * 86_400 + 3 * 3_600 + 59, "en"))).toBe("2 d 3 h");
  });
});

describe("other figures", () => {
  it("shows shares", () => {
    expect(plain(percent(0.386, "ru"))).toBe("38,6 %");
    expect(plain(percent(1, "en"))).toBe("100 %");
  });

  it("chooses the Russian form for a count", () => {
    const forms = { one: "займ", few: "займа", many: "займов", other: "займа" };
    expect([1, 2, 5, 11, 21, 104].map((count) => plural(count, "ru", forms))).toEqual(["займ", "займа", "займов", "займов", "займ", "займа"]);
  });

  it("shows file sizes", () => {
    expect(plain(fileSize(0, "en"))).toBe("0 bytes");
    expect(plain(fileSize(2_862_995, "ru"))).toBe("2,9 МБ");
  });
});
