import { useMemo } from "react";

import { useFormat } from "../../ui/useFormat";
import { nodeWidth, NODE_HEIGHT } from "../document/geometry";
import { isLong, labelPlaces, type Worded } from "../document/labels";
import type { ScenarioDocument } from "../document/types";
import { seenAt } from "../state/derived";
import { useBuilder, useGrammar } from "../state/context";
import { wordsOf } from "./edgeWords";
import { DRAW_ALL_UP_TO, type CanvasNode } from "./useFlow";

/** Border and padding of the pill around the words, and the widest pill (see FlowEdge.module.css). */
const PILL = 16;
const WIDEST = 260;

let pen: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();

function widthOf(text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  if (pen === undefined) {
    pen = window.document.createElement("canvas").getContext("2d");
    if (pen) pen.font = `11px ${getComputedStyle(window.document.body).fontFamily}`;
  }
  const width = Math.min(WIDEST, (pen?.measureText(text).width ?? text.length * 7) + PILL);
  widths.set(text, width);
  return width;
}

/** How high each card is as it is drawn; the same map until one of them changes. Of a large graph only what was seen is known: there all count as usual. */
function useHeights(nodes: readonly CanvasNode[]): ReadonlyMap<string, number> {
  const told = (nodes.length > DRAW_ALL_UP_TO ? [] : nodes).map(({ id, measured }) => `${id} ${Math.round(measured?.height ?? NODE_HEIGHT)}`).join("\n");
  return useMemo(() => new Map(told.split("\n").map((line) => [line.slice(0, line.indexOf(" ")), Number(line.slice(line.indexOf(" ")))])), [told]);
}

/** How far down each connection its words stand. Looked for anew when the drawing, its numbers or a card's height change, not while a card is dragged. */
export function useLabels(document: ScenarioDocument, nodes: readonly CanvasNode[], lanes: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const numbers = useBuilder((state) => (state.mode === "numbers" ? state.numbers : null));
  const grammar = useGrammar();
  const format = useFormat();
  const heights = useHeights(nodes);
  return useMemo(() => {
    const cards = new Map(
      document.nodes.map((node) => {
        const ports = grammar.portsOf(node);
        return [node.id, { ...node.position, width: nodeWidth(ports.length), height: heights.get(node.id) ?? NODE_HEIGHT, ports }];
      }),
    );
    const worded = document.edges.flatMap((edge): Worded[] => {
      const [source, target] = [cards.get(edge.source), cards.get(edge.target)];
      if (!source || !target) return [];
      const count = Math.max(1, source.ports.length);
      const place = Math.max(0, source.ports.findIndex((port) => port.key === edge.sourceHandle));
      const from = { x: source.x + (source.width * (place + 0.5)) / count, y: source.y + source.height };
      const to = { x: target.x + target.width / 2, y: target.y };
      const lane = lanes.get(edge.id);
      const counted = numbers?.nodes[edge.source];
      const text = wordsOf(
        {
          title: count > 1 ? (source.ports[place]?.title ?? edge.sourceHandle) : "",
          counting: numbers !== null,
          entered: seenAt(counted),
          cases: counted?.ports[edge.sourceHandle]?.cases ?? 0,
          isLong: isLong(from, to, lane),
          isLooked: false,
        },
        format,
      );
      return text === "" ? [] : [{ id: edge.id, from, to, lane, place, count, width: widthOf(text) }];
    });
    return labelPlaces(worded, [...cards.values()]);
  }, [document, numbers, grammar, format, lanes, heights]);
}
