/** The picture as a PDF of one page: loaded when somebody asks for one. The font is embedded, Russian included. */
import bold from "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf?url";
import regular from "dejavu-fonts-ttf/ttf/DejaVuSans.ttf?url";
import { jsPDF } from "jspdf";
import { svg2pdf } from "svg2pdf.js";

const FAMILY = "DejaVu Sans";
/** points in a unit of the picture */
const POINT = 0.75;
/** the longest side that PDF readers open, in points */
const LONGEST = 14_000;

async function base64(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(answer.statusText);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

/** The PDF of an SVG picture that `pictureOf` drew. */
export async function pdfOf(svg: string, title: string): Promise<Blob> {
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const [width, height] = [Number(drawing.getAttribute("width")), Number(drawing.getAttribute("height"))];
  const scale = Math.min(POINT, LONGEST / Math.max(width, height));
  const size = { width: width * scale, height: height * scale };
  const pdf = new jsPDF({ unit: "pt", format: [size.width, size.height], orientation: width > height ? "landscape" : "portrait", compress: true });
  pdf.setProperties({ title });
  for (const [url, style] of [[regular, "normal"], [bold, "bold"]] as const) {
    const file = `${style}.ttf`;
    pdf.addFileToVFS(file, await base64(url));
    pdf.addFont(file, FAMILY, style);
  }
  drawing.setAttribute("font-family", FAMILY);
  await svg2pdf(drawing, pdf, { x: 0, y: 0, ...size });
  return pdf.output("blob");
}
