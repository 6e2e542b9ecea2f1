import { useEffect, useState } from "react";

import type { BuilderState } from "../store";
import { usePlace } from "../state/context";
import { useTexts } from "../texts";

/** Says to a screen reader what was selected, added, connected, moved or deleted. */
export function Announcer() {
  const { store, index } = usePlace();
  const say = useTexts();
  const [message, setMessage] = useState("");
  useEffect(() => {
    const nameIn = (state: BuilderState, id: string) => {
      const node = state.document.nodes.find((item) => item.id === id);
      return node ? node.data.label || (index.get(node.type)?.title ?? node.type) : "";
    };
    const told = (state: BuilderState, old: BuilderState): string | null => {
      const [now, before] = [state.document, old.document];
      if (now !== before) {
        const known = new Set(before.nodes.map((node) => node.id));
        const added = now.nodes.filter((node) => !known.has(node.id));
        if (added.length > 0) return say("told.added", { name: added.map((node) => nameIn(state, node.id)).join(", ") });
        if (now.nodes.length < before.nodes.length) return say("told.removed", { count: before.nodes.length - now.nodes.length });
        const wires = new Set(before.edges.map((edge) => edge.id));
        const drawn = now.edges.find((edge) => !wires.has(edge.id));
        if (drawn) return say("told.connected", { from: nameIn(state, drawn.source), to: nameIn(state, drawn.target) });
        if (now.edges.length < before.edges.length) return say("told.disconnected");
        const led = now.edges.find((edge, place) => edge.target !== before.edges[place]?.target);
        if (led) return say("told.connected", { from: nameIn(state, led.source), to: nameIn(state, led.target) });
        if (now.notes.length !== before.notes.length) return say(now.notes.length > before.notes.length ? "told.noted" : "told.unnoted");
        const moved = now.nodes.some((node, place) => node.position !== before.nodes[place]?.position);
        return moved ? say("told.moved") : null;
      }
      if (state.selection === old.selection) return null;
      const [only] = state.selection;
      if (state.selection.size !== 1 || only === undefined) return say("told.selection", { count: state.selection.size });
      const wire = now.edges.find((edge) => edge.id === only);
      if (wire) {
        const ports = state.analysis.nodes[wire.source]?.ports ?? [];
        const port = ports.find((item) => item.key === wire.sourceHandle)?.title ?? wire.sourceHandle;
        return say("told.wire", { from: nameIn(state, wire.source), port, to: nameIn(state, wire.target) });
      }
      const note = now.notes.find((item) => item.id === only);
      if (note) return `${say("note.label")}. ${note.text}`;
      const words = state.analysis.nodes[only]?.sentence ?? "";
      return say("told.selected", { name: nameIn(state, only), words });
    };
    return store.subscribe((state, old) => {
      const words = told(state, old);
      if (words !== null) setMessage(words);
    });
  }, [store, index, say]);
  return (
    <div className="ks-only-read" aria-live="polite" data-testid="told">
      {message}
    </div>
  );
}
