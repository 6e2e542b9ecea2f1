import { TextInput, Tooltip } from "@mantine/core";
import { useReactFlow } from "@xyflow/react";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";

import { STEP_DRAG } from "../canvas/dropping";
import { useReveal } from "../canvas/useReveal";
import { freePlace, NODE_WIDTH } from "../document/geometry";
import { groupColor, NodeIcon } from "../icons";
import type { PaletteNode } from "../model";
import { searchTypes } from "../palette/search";
import { useActions } from "../state/actions";
import { usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

/** What a step is for; the rest stands in the inspector. */
function firstSentence(help: string): string {
  const end = help.search(/[.!?](\s|$)/);
  return end < 0 ? help : help.slice(0, end + 1);
}

/** The step types by group: a click adds after the selected step, a drag puts it where it is dropped. */
export function PaletteList() {
  const { palette, store } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const flow = useReactFlow();
  const reveal = useReveal();
  const [query, setQuery] = useState("");
  const found = searchTypes(palette.nodes, query);
  const put = (kind: PaletteNode) => {
    const { selection, document } = store.getState();
    const after = document.nodes.find((node) => selection.has(node.id));
    if (after && !kind.entry) actions.add(kind.key, { kind: "after", node: after.id });
    else {
      const canvas = window.document.getElementById("builder-canvas")?.getBoundingClientRect();
      const middle = flow.screenToFlowPosition({ x: (canvas?.left ?? 0) + (canvas?.width ?? 0) / 2, y: (canvas?.top ?? 0) + 60 });
      const corner = freePlace(document.nodes, { x: middle.x - NODE_WIDTH / 2, y: middle.y });
      actions.add(kind.key, { kind: "point", at: { x: corner.x + NODE_WIDTH / 2, y: corner.y + 20 } });
    }
    const [added] = store.getState().selection;
    if (added !== undefined) reveal(added);
  };
  return (
    <nav className={classes.palette} aria-label={say("palette.title")}>
      <TextInput
        size="xs"
        placeholder={say("palette.search")}
        aria-label={say("palette.search")}
        leftSection={<IconSearch size={14} />}
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && found[0]) put(found[0]);
          if (event.key === "Escape") setQuery("");
        }}
      />
      {found.length === 0 && <p className="ks-muted">{say("palette.none")}</p>}
      {palette.groups.map((group) => {
        const kinds = found.filter((kind) => kind.group === group.key);
        return (
          kinds.length > 0 && (
            <div key={group.key}>
              <div className={classes.group}>{group.title}</div>
              {kinds.map((kind) => (
                <Tooltip key={kind.key} label={firstSentence(kind.help)} multiline w={240} position="right" openDelay={700}>
                  <button
                    type="button"
                    className={classes.item}
                    data-testid={`palette-${kind.key}`}
                    draggable
                    onDragStart={(event) => {
                      event.dataTransfer.setData(STEP_DRAG, kind.key);
                      event.dataTransfer.effectAllowed = "copy";
                    }}
                    onClick={() => put(kind)}
                  >
                    <span className={classes.dot} style={{ background: groupColor(kind.group) }}>
                      <NodeIcon icon={kind.icon} group={kind.group} size={14} />
                    </span>
                    {kind.title}
                  </button>
                </Tooltip>
              ))}
            </div>
          )
        );
      })}
    </nav>
  );
}
