import dayjs, { type Dayjs } from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";
import type { IsoDay, IsoInstant, Kopecks } from "../api/types";

dayjs.extend(utc);
dayjs.extend(timezone);

const NBSP = "\u00a0";
const MINUS = "\u2212";
/** Below this many roubles a sum is short enough to be shown in full. */
const SHORT_FROM = 100_000;

const SCALES: readonly { over: number; en: string; ru: string }[] = [
  { over: 1e3, en: "K", ru: "тыс." },
  { over: 1e6, en: "M", ru: "млн" },
  { over: 1e9, en: "B", ru: "млрд" },
  { over: 1e12, en: "T", ru: "трлн" },
];

let zone = "Europe/Moscow";

/** All instants are shown on the clock of the portfolio, whatever the machine's own zone is. */
export function setTimeZone(name: string): void {
  zone = name;
}

export function timeZone(): string {
  return zone;
}

function isRussian(language: string): boolean {
  return language.startsWith("ru");
}

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, NBSP);
}

/** 31204.5 with one digit is «31 204,5» in Russian and "31 204.5" in English. */
export function number(value: number, language: string, digits = 0): string {
  const [whole = "0", fraction] = Math.abs(value).toFixed(digits).split(".");
  const text = group(whole) + (fraction ? (isRussian(language) ? "," : ".") + fraction : "");
  const isNegative = value < 0 && /[1-9]/.test(text);
  return (isNegative ? MINUS : "") + text;
}

/** A share of 0.386 is «38,6 %»; whole per cents lose the fraction. */
export function percent(share: number, language: string, digits = 1): string {
  return `${number(share * 100, language, digits).replace(/[.,]0+$/, "")}${NBSP}%`;
}

/** The sum to the kopeck: 1248050 kopecks are «12 480,50 ₽»; whole roubles lose the fraction. */
export function money(kopecks: Kopecks, language: string): string {
  const digits = kopecks % 100 === 0 ? 0 : 2;
  return `${number(kopecks / 100, language, digits)}${NBSP}₽`;
}

/** The sum as people say it: «412,6 млн ₽», "412.6 M ₽"; up to 100 000 ₽ whole roubles, less than one to the kopeck. */
export function moneyShort(kopecks: Kopecks, language: string): string {
  if (kopecks !== 0 && Math.abs(kopecks) < 100) return money(kopecks, language);
  return shortened(kopecks, language, SHORT_FROM);
}

function shortened(kopecks: Kopecks, language: string, from: number): string {
  const roubles = kopecks / 100;
  const size = Math.abs(roubles);
  if (Math.round(size) < from) return `${number(roubles, language)}${NBSP}₽`;
  const scale = SCALES.findLast((one) => size / one.over >= 0.99995) ?? SCALES[0];
  if (!scale) return money(kopecks, language);
  const scaled = size / scale.over;
  const text = number(Math.sign(roubles) * scaled, language, 1).replace(/[.,]0$/, "");
  return `${text}${NBSP}${isRussian(language) ? scale.ru : scale.en}${NBSP}₽`;
}

/** A sum on an axis, where all labels are of one kind: «50 тыс. ₽», "100 K ₽". */
export function moneyAxis(kopecks: Kopecks, language: string): string {
  return shortened(kopecks, language, 1_000);
}

/** What a person typed, in roubles, as kopecks; null when it is no sum. Accepts «12 480,50», "12480.5", "12 480 ₽". */
export function parseMoney(text: string | number): Kopecks | null {
  const plain = String(text).replace(/[\s\u00a0\u202f₽]/g, "").replace(",", ".");
  if (!/^\d+(\.\d{1,2})?$/.test(plain)) return null;
  const [whole = "0", fraction = ""] = plain.split(".");
  const kopecks = Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
  return Number.isSafeInteger(kopecks) ? kopecks : null;
}

export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** The form for a count: 1 займ, 2 займа, 5 займов. */
export function plural(count: number, language: string, forms: PluralForms): string {
  return forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
}

const WORDS = {
  en: { today: "today", yesterday: "yesterday", tomorrow: "tomorrow" },
  ru: { today: "сегодня", yesterday: "вчера", tomorrow: "завтра" },
};

function words(language: string): (typeof WORDS)["en"] {
  return isRussian(language) ? WORDS.ru : WORDS.en;
}

function calendarDay(day: Dayjs, today: Dayjs, language: string): string {
  return day.locale(language).format(day.year() === today.year() ? "D MMM" : "D MMM YYYY");
}

function relativeDay(day: Dayjs, today: Dayjs, language: string): string {
  const distance = day.startOf("day").diff(today.startOf("day"), "day");
  if (distance === 0) return words(language).today;
  if (distance === -1) return words(language).yesterday;
  if (distance === 1) return words(language).tomorrow;
  return calendarDay(day, today, language);
}

/** A moment as people say it, on the portfolio's clock: «сегодня, 14:32», "12 Nov, 09:05". */
export function instant(value: IsoInstant, language: string, now: Date = new Date()): string {
  const moment = dayjs.utc(value).tz(zone);
  return `${relativeDay(moment, dayjs(now).tz(zone), language)}, ${moment.format("HH:mm")}`;
}

/** The same moment without guessing: day, year, seconds and the zone. */
export function instantFull(value: IsoInstant, language: string): string {
  return `${dayjs.utc(value).tz(zone).locale(language).format("D MMMM YYYY, HH:mm:ss")} (${zone})`;
}

/** A calendar day: «вчера», "12 Nov", "12 Nov 2025". */
export function day(value: IsoDay, language: string, now: Date = new Date()): string {
  const today = dayjs(now).tz(zone).format("YYYY-MM-DD");
  return relativeDay(dayjs.utc(value), dayjs.utc(today), language);
}

export function dayFull(value: IsoDay, language: string): string {
  return dayjs.utc(value).locale(language).format("D MMMM YYYY, dddd");
}

const UNITS = {
  en: { s: "s", min: "min", h: "h", d: "d" },
  ru: { s: "с", min: "мин", h: "ч", d: "дн." },
};

/** A span of seconds in at most two units: «1 ч 5 мин», "2 d 3 h", "40 s". */
export function span(seconds: number, language: string): string {
  const unit = isRussian(language) ? UNITS.ru : UNITS.en;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}${NBSP}${unit.s}`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}${NBSP}${unit.min}`;
  const hours = Math.floor(minutes / 60);
  const pair = (big: number, bigUnit: string, small: number, smallUnit: string) =>
    `${big}${NBSP}${bigUnit}` + (small ? ` ${small}${NBSP}${smallUnit}` : "");
  return hours < 24 ? pair(hours, unit.h, minutes % 60, unit.min) : pair(Math.floor(hours / 24), unit.d, hours % 24, unit.h);
}

/** A time zone as people tell it: "UTC+5" for `Asia/Yekaterinburg`. */
export function zoneOffset(zone: string): string {
  try {
    const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts();
    return parts.find((part) => part.type === "timeZoneName")?.value.replace("GMT", "UTC") ?? zone;
  } catch {
    return zone; // one that this browser does not know
  }
}

const SIZES = { en: ["bytes", "kB", "MB", "GB"], ru: ["Б", "кБ", "МБ", "ГБ"] };

export function fileSize(bytes: number, language: string): string {
  const units = isRussian(language) ? SIZES.ru : SIZES.en;
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${number(bytes / 1000 ** step, language, step ? 1 : 0)}${NBSP}${units[step] ?? ""}`;
}
