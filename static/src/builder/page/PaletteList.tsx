import { TextInput, Tooltip } from "@mantine/core";
import { useReactFlow } from "@xyflow/react";
import { useState } from "react";

import { groupColor, NodeIcon } from "../icons";
import type { PaletteNode } from "../model";
import { searchTypes } from "../palette/search";
import { useActions } from "../state/actions";
import { usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

const KIND = "application/x-kaskad-step";

/** The step types by group: a click adds after the selected step, a drag puts it where it is dropped. */
export function PaletteList() {
  const { palette, store } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const flow = useReactFlow();
  const [query, setQuery] = useState("");
  const found = searchTypes(palette.nodes, query);
  const put = (kind: PaletteNode) => {
    const { selection, document } = store.getState();
    const after = document.nodes.find((node) => selection.has(node.id));
    if (after && !kind.entry) actions.add(kind.key, { kind: "after", node: after.id });
    else actions.add(kind.key, { kind: "point", at: { x: 320, y: 60 + document.nodes.length * 150 } });
  };
  const drop = (event: React.DragEvent, kind: PaletteNode) => {
    const canvas = document.getElementById("builder-canvas")?.getBoundingClientRect();
    if (!canvas || event.clientX < canvas.left || event.clientX > canvas.right || event.clientY < canvas.top || event.clientY > canvas.bottom) return;
    actions.add(kind.key, { kind: "point", at: flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }) });
  };
  return (
    <nav className={classes.palette} aria-label={say("palette.title")}>
      <TextInput size="xs" placeholder={say("palette.search")} aria-label={say("palette.search")} value={query} onChange={(event) => setQuery(event.currentTarget.value)} />
      {found.length === 0 && <p>{say("palette.none")}</p>}
      {palette.groups.map((group) => {
        const kinds = found.filter((kind) => kind.group === group.key);
        return (
          kinds.length > 0 && (
            <div key={group.key}>
              <div className={classes.group}>{group.title}</div>
              {kinds.map((kind) => (
                <Tooltip key={kind.key} label={kind.help} multiline w={280} position="right" openDelay={500}>
                  <button
                    type="button"
                    className={classes.item}
                    data-testid={`palette-${kind.key}`}
                    draggable
                    onDragStart={(event) => event.dataTransfer.setData(KIND, kind.key)}
                    onDragEnd={(event) => drop(event, kind)}
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
