type Details = Readonly<Record<string, unknown>>;

/** What the keys of details are called, and what the codes among their values. */
export interface Named {
  name: (key: string) => string;
  value: (key: string, code: string) => string;
  yes: string;
  no: string;
}

/** One value without brackets and quotes: `password: yes`, `3, 4`. */
export function plain(value: unknown, words: Named, key = ""): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (Array.isArray(value)) return value.map((one) => plain(one, words, key)).join(", ");
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([part, one]) => `${words.name(part)}: ${plain(one, words, part)}`)
      .join(", ");
  }
  return typeof value === "string" ? words.value(key, value) : JSON.stringify(value);
}

/** The details of an entry in one line: `reason: too many SMS · revision: 4`. */
export function inShort(details: Details, words: Named): string {
  const text = Object.entries(details)
    .map(([key, value]) => `${words.name(key)}: ${plain(value, words, key)}`)
    .join(" · ");
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function hasParts(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((one) => typeof one !== "string");
  return typeof value === "object" && value !== null;
}

/** The details one by one; what has parts of its own is long. */
export function lines(details: Details, words: Named): { name: string; value: string; isLong: boolean }[] {
  return Object.entries(details).map(([key, value]) => ({
    name: words.name(key),
    value: hasParts(value) ? JSON.stringify(value, null, 2) : plain(value, words, key),
    isLong: hasParts(value),
  }));
}
