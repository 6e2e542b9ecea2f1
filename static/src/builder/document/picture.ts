import { NODE_HEIGHT, nodeWidth } from "./geometry";
import type { Port, Position, ScenarioDocument, ScenarioNode } from "./types";

/** What the picture shows of a step beside its place. */
export interface Shown {
  readonly title: string;
  readonly words: string;
  /** a plain colour, for programs that know no variables */
  readonly color: string;
  readonly ports: readonly Port[];
}

const MARGIN = 40;
const NOTE = { width: 200, height: 96 };
const INK = { card: "#ffffff", line: "#d5dae3", text: "#161b26", muted: "#5d6678", wire: "#8b93a3", note: "#fdf6d8" };

function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // eslint-disable-next-line no-control-regex -- control characters may not stand in XML
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "").replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

function written(text: string, at: Position, size: number, color: string, more = ""): string {
  return `<text x="${at.x}" y="${at.y}" font-size="${size}" fill="${color}" ${more}>${escaped(text)}</text>`;
}

function card(node: ScenarioNode, shown: Shown): string {
  const { x, y } = node.position;
  const width = nodeWidth(shown.ports.length);
  const labelled = shown.ports.length > 1;
  const room = width / shown.ports.length;
  const ports = shown.ports.map((port, place) => {
    const middle = x + room * (place + 0.5);
    const title = labelled ? written(cut(port.title, Math.floor(room / 6.9)), { x: middle, y: y + 76 }, 10.5, INK.muted, 'text-anchor="middle"') : "";
    return `${title}<circle cx="${middle}" cy="${y + heightOf(shown)}" r="4" fill="${INK.muted}"/>`;
  });
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${heightOf(shown)}" rx="9" fill="${INK.card}" stroke="${INK.line}"/>`,
    `<rect x="${x + 10}" y="${y + 9}" width="22" height="22" rx="6" fill="${shown.color}"/>`,
    written(cut(shown.title, Math.floor((width - 50) / 8.6)), { x: x + 40, y: y + 25 }, 13, INK.text, 'font-weight="650"'),
    written(cut(shown.words, Math.floor((width - 50) / 7.2)), { x: x + 40, y: y + 46 }, 12, INK.muted),
    labelled ? `<path d="M${x} ${y + 60}h${width}" stroke="${INK.line}"/>` : "",
    ...ports,
  ].join("");
}

function heightOf(shown: Shown): number {
  return shown.ports.length > 1 ? NODE_HEIGHT - 12 : 60;
}

/** The whole graph as an SVG file of its own: no fonts, styles or pictures from elsewhere. */
export function pictureOf(document: ScenarioDocument, shownOf: (node: ScenarioNode) => Shown): string {
  const steps = new Map(document.nodes.map((node) => [node.id, { node, shown: shownOf(node) }]));
  const wires = document.edges.map((edge) => {
    const from = steps.get(edge.source);
    const to = steps.get(edge.target);
    if (!from || !to) return "";
    const place = Math.max(0, from.shown.ports.findIndex((port) => port.key === edge.sourceHandle));
    const count = Math.max(1, from.shown.ports.length);
    const start = { x: from.node.position.x + (nodeWidth(count) * (place + 0.5)) / count, y: from.node.position.y + heightOf(from.shown) };
    const end = { x: to.node.position.x + nodeWidth(to.shown.ports.length) / 2, y: to.node.position.y };
    const bend = Math.max(40, Math.abs(end.y - start.y) / 2);
    const path = `M${start.x} ${start.y}C${start.x} ${start.y + bend} ${end.x} ${end.y - bend} ${end.x} ${end.y}`;
    return `<path d="${path}" fill="none" stroke="${INK.wire}" stroke-width="1.6" marker-end="url(#tip)"/>`;
  });
  const notes = document.notes.map(({ position: { x, y }, text }) => {
    const lines = (text.match(/.{1,30}(?:\s|$)|\S{1,30}/g) ?? []).slice(0, 6);
    const words = lines.map((line, place) => written(line.trim(), { x: x + 10, y: y + 18 + place * 14 }, 11, INK.text));
    return `<rect x="${x}" y="${y}" width="${NOTE.width}" height="${NOTE.height}" rx="6" fill="${INK.note}" stroke="${INK.line}"/>${words.join("")}`;
  });
  const boxes = [
    ...[...steps.values()].map(({ node, shown }) => ({ ...node.position, width: nodeWidth(shown.ports.length), height: NODE_HEIGHT })),
    ...document.notes.map((note) => ({ ...note.position, ...NOTE })),
  ];
  const left = Math.min(0, ...boxes.map((box) => box.x)) - MARGIN;
  const top = Math.min(0, ...boxes.map((box) => box.y)) - MARGIN;
  const width = Math.max(0, ...boxes.map((box) => box.x + box.width)) + MARGIN - left;
  const height = Math.max(0, ...boxes.map((box) => box.y + box.height)) + MARGIN - top;
  const tip = `<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0 8 4 0 8z" fill="${INK.wire}"/></marker>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif">`,
    `<title>${escaped(document.name)}</title><defs>${tip}</defs><rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#ffffff"/>`,
    ...notes,
    ...wires,
    ...[...steps.values()].map(({ node, shown }) => card(node, shown)),
    "</svg>",
  ].join("\n");
}
