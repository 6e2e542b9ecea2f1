function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The details of an entry in one line: `reason: too many SMS · revision: 4`. */
export function inShort(details: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(details)
    .map(([name, value]) => `${name}: ${plain(value)}`)
    .join(" · ");
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

export function lines(details: Readonly<Record<string, unknown>>): { name: string; value: string }[] {
  return Object.entries(details).map(([name, value]) => ({
    name,
    value: typeof value === "string" ? value : JSON.stringify(value, null, 2),
  }));
}
