import type { ScenarioDocument } from "../document/types";

function give(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Gives the document to the person as a file. */
export function download(content: ScenarioDocument): void {
  give(`${content.name || "scenario"}.json`, new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
}

/** Gives the picture of a scenario to the person as a file. */
export function downloadPicture(name: string, svg: string): void {
  give(`${name || "scenario"}.svg`, new Blob([svg], { type: "image/svg+xml" }));
}

/** The same picture as a PDF. */
export async function downloadPdf(name: string, svg: string): Promise<void> {
  const { pdfOf } = await import("./pdf");
  give(`${name || "scenario"}.pdf`, await pdfOf(svg, name));
}
