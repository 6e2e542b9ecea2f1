import type { ScenarioDocument } from "../document/types";

function give(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Gives the document to the person as a file. */
export function download(content: ScenarioDocument): void {
  give(`${content.name || "scenario"}.json`, JSON.stringify(content, null, 2), "application/json");
}

/** Gives the picture of a scenario to the person as a file. */
export function downloadPicture(name: string, svg: string): void {
  give(`${name || "scenario"}.svg`, svg, "image/svg+xml");
}
