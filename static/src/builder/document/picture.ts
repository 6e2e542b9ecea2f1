import { nodeWidth, NODE_HEIGHT, NOTE_HEIGHT, NOTE_WIDTH } from "./geometry";
import { isLong, LABEL_HEIGHT, labelPlaces, reachLeft } from "./labels";
import { lanesOf, pointOn, wayOf } from "./lanes";
import { escaped, lines, roughly, type Measure } from "./lettering";
import type { Grammar, Note, Port, Position, ScenarioDocument, ScenarioNode } from "./types";

/** What the picture shows of a step beside its place. */
export interface Shown {
  readonly title: string;
  readonly words: string;
  /** a plain colour, for programs that know no variables */
  readonly color: string;
  readonly ports: readonly Port[];
}

const MARGIN = 40;
const INK = { card: "#ffffff", line: "#d5dae3", text: "#161b26", muted: "#5d6678", wire: "#8b93a3", note: "#d9a400" };
const TITLE = { size: 13, step: 17, most: 2 };
const WORDS = { size: 12, step: 17, most: 3 };
const PORT = { size: 11, step: 13, most: 2 };
const NOTE = { size: 12, step: 17, most: 40 };
/** The same fonts that the measuring canvas uses, and what else there may be where the file is opened. */
export const FONTS = "DejaVu Sans, Verdana, Segoe UI, Arial, sans-serif";

interface Block {
  readonly text: readonly string[];
  readonly at: Position;
  readonly size: number;
  readonly step: number;
  readonly color: string;
  readonly more?: string;
}

function written({ text, at, size, step, color, more = "" }: Block): string {
  return text
    .map((line, row) => `<text x="${at.x}" y="${at.y + row * step}" font-size="${size}" fill="${color}" ${more}>${escaped(line)}</text>`)
    .join("");
}

/** A card with its words broken into lines: how high it is follows from them. */
interface Card {
  readonly node: ScenarioNode;
  readonly shown: Shown;
  readonly width: number;
  readonly height: number;
  readonly title: readonly string[];
  readonly words: readonly string[];
  readonly ports: readonly (readonly string[])[];
}

function cardOf(node: ScenarioNode, shown: Shown, measure: Measure): Card {
  const width = nodeWidth(shown.ports.length);
  const title = lines(shown.title, width - 52, TITLE.most, (text) => measure(text, TITLE.size, true));
  const words = lines(shown.words, width - 52, WORDS.most - title.length + 1, (text) => measure(text, WORDS.size, false));
  const room = width / Math.max(1, shown.ports.length) - 8;
  const ports = shown.ports.length > 1 ? shown.ports.map((port) => lines(port.title, room, PORT.most, (text) => measure(text, PORT.size, false))) : [];
  const rows = Math.max(0, ...ports.map((port) => port.length));
  const height = 14 + title.length * TITLE.step + words.length * WORDS.step + 6 + (rows > 0 ? rows * PORT.step + 10 : 0);
  return { node, shown, width, height: Math.min(height, NODE_HEIGHT + 10), title, words, ports };
}

function drawn({ node, shown, width, height, title, words, ports }: Card): string {
  const { x, y } = node.position;
  const room = width / Math.max(1, shown.ports.length);
  const rows = Math.max(0, ...ports.map((port) => port.length));
  const line = y + height - (rows * PORT.step + 10);
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="9" fill="${INK.card}" stroke="${INK.line}"/>`,
    `<rect x="${x + 10}" y="${y + 9}" width="22" height="22" rx="6" fill="${shown.color}"/>`,
    written({ ...TITLE, text: title, at: { x: x + 40, y: y + 24 }, color: INK.text, more: 'font-weight="bold"' }),
    written({ ...WORDS, text: words, at: { x: x + 40, y: y + 25 + title.length * TITLE.step }, color: INK.muted }),
    rows > 0 ? `<path d="M${x} ${line}h${width}" stroke="${INK.line}"/>` : "",
    ...ports.map((port, place) => written({ ...PORT, text: port, at: { x: x + room * (place + 0.5), y: line + 13 }, color: INK.muted, more: 'text-anchor="middle"' })),
    ...shown.ports.map((_, place) => `<circle cx="${x + room * (place + 0.5)}" cy="${y + height}" r="4" fill="${INK.muted}"/>`),
  ].join("");
}

/** The whole graph as an SVG file of its own: no styles or pictures from elsewhere. */
export function pictureOf(document: ScenarioDocument, grammar: Grammar, shownOf: (node: ScenarioNode) => Shown, measure: Measure = roughly, inkOf: (note: Note) => string = () => INK.note): string {
  const cards = new Map(document.nodes.map((node) => [node.id, cardOf(node, shownOf(node), measure)]));
  const lanes = lanesOf(document, grammar);
  const wires = document.edges.flatMap((edge) => {
    const [source, target] = [cards.get(edge.source), cards.get(edge.target)];
    if (!source || !target) return [];
    const count = Math.max(1, source.shown.ports.length);
    const place = Math.max(0, source.shown.ports.findIndex((port) => port.key === edge.sourceHandle));
    const from = { x: source.node.position.x + (source.width * (place + 0.5)) / count, y: source.node.position.y + source.height };
    const to = { x: target.node.position.x + target.width / 2, y: target.node.position.y };
    const lane = lanes.get(edge.id);
    const title = count > 1 && isLong(from, to, lane) ? (source.shown.ports[place]?.title ?? "") : "";
    return [{ id: edge.id, from, to, lane, place, count, title, width: measure(title, PORT.size, false) + 14 }];
  });
  const worded = wires.filter(({ title }) => title !== "");
  const places = labelPlaces(worded, [...cards.values()].map(({ node, width, height }) => ({ ...node.position, width, height })));
  const paths = wires.map(({ from, to, lane }) => `<path d="${wayOf(from, to, lane)}" fill="none" stroke="${INK.wire}" stroke-width="1.6" marker-end="url(#tip)"/>`);
  const words = worded.map((wire) => {
    const { x, y } = pointOn(wire.from, wire.to, wire.lane, places.get(wire.id) ?? 0.5);
    const left = x - reachLeft(wire);
    const pill = `<rect x="${left}" y="${y - LABEL_HEIGHT / 2}" width="${wire.width}" height="${LABEL_HEIGHT}" rx="9.5" fill="${INK.card}" stroke="${INK.line}"/>`;
    return pill + written({ ...PORT, text: [wire.title], at: { x: left + wire.width / 2, y: y + 4 }, color: INK.text, more: 'text-anchor="middle"' });
  });
  const notes = document.notes.map((note) => {
    const { width = NOTE_WIDTH } = note;
    const most = note.height === undefined ? NOTE.most : Math.max(1, Math.floor((note.height - 14) / NOTE.step));
    const text = lines(note.text, width - 22, most, (part) => measure(part, NOTE.size, false));
    const height = note.height ?? Math.max(NOTE_HEIGHT, text.length * NOTE.step + 20);
    const { x, y } = note.position;
    const ink = inkOf(note);
    const box = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4" fill="${ink}" fill-opacity="0.16" stroke="${ink}" stroke-opacity="0.55"/>`;
    return { box: { x, y, width, height }, svg: box + written({ ...NOTE, text, at: { x: x + 11, y: y + 22 }, color: INK.text }) };
  });
  const boxes = [...[...cards.values()].map(({ node, width, height }) => ({ ...node.position, width, height })), ...notes.map((note) => note.box)];
  const sides = [...lanes.values()];
  const left = Math.min(...(boxes.length > 0 ? boxes.map((box) => box.x) : [0]), ...sides) - MARGIN;
  const top = Math.min(...(boxes.length > 0 ? boxes.map((box) => box.y) : [0])) - MARGIN;
  const width = Math.max(0, ...boxes.map((box) => box.x + box.width), ...sides) + MARGIN - left;
  const height = Math.max(0, ...boxes.map((box) => box.y + box.height)) + MARGIN - top;
  const tip = `<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0 8 4 0 8z" fill="${INK.wire}"/></marker>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" font-family="${FONTS}">`,
    `<title>${escaped(document.name)}</title><defs>${tip}</defs><rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#ffffff"/>`,
    ...notes.map((note) => note.svg),
    ...paths,
    ...[...cards.values()].map(drawn),
    ...words,
    "</svg>",
  ].join("\n");
}
