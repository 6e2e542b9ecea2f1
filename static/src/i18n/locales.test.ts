import { describe, expect, it } from "vitest";

type Tree = { [key: string]: string | Tree };
const FORMS = /_(zero|one|two|few|many|other)$/;

const files = import.meta.glob<Tree>("../*/locales/*.json", { eager: true, import: "default" });
const folders = [...new Set(Object.keys(files).map((path) => path.replace(/\/locales\/.*/, "")))];

function flat(tree: Tree, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value] as const] : [...flat(value, `${prefix}${key}.`)],
    ),
  );
}

function texts(folder: string, language: string): Map<string, string> {
  return flat(files[`${folder}/locales/${language}.json`] ?? {});
}

function stems(found: Map<string, string>): string[] {
  return [...new Set([...found.keys()].map((key) => key.replace(FORMS, "")))].sort();
}

function marks(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1] ?? "").sort();
}

describe.each(folders)("texts of %s", (folder) => {
  const en = texts(folder, "en");
  const ru = texts(folder, "ru");

  it("say the same things in both languages", () => {
    expect(stems(ru)).toEqual(stems(en));
  });

  it("have every Russian plural form", () => {
    const counted = [...en.keys()].filter((key) => key.endsWith("_one")).map((key) => key.replace(FORMS, ""));
    const missing = counted.flatMap((stem) => ["one", "few", "many", "other"].map((form) => `${stem}_${form}`)).filter((key) => !ru.has(key));
    expect(missing).toEqual([]);
  });

  it("fill in the same values", () => {
    const plainKeys = [...en.keys()].filter((key) => !FORMS.test(key));
    const different = plainKeys.filter((key) => marks(en.get(key) ?? "").join() !== marks(ru.get(key) ?? "").join());
    expect(different).toEqual([]);
  });
});
