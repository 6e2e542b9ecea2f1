import type { ScenarioDocument } from "../document/types";

/** Gives the document to the person as a file. */
export function download(content: ScenarioDocument): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${content.name || "scenario"}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
