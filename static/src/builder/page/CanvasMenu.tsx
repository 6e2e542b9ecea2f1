import { Menu } from "@mantine/core";
import { useReactFlow } from "@xyflow/react";
import { useEffect, useState, type MouseEvent, type ReactNode } from "react";

import { KeyNames } from "../../ui/KeyNames";
import { notifyRefused } from "../../ui/notify";
import { useActions } from "../state/actions";
import { usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";
import { useActs, useScopes, type Act } from "./useActs";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Copying by menu asks the browser to fire the same event that the key fires; pasting needs the person's leave. */
function useMenuClipboard(): (keys: string) => void {
  const actions = useActions();
  const say = useTexts();
  return (keys) => {
    if (keys === "mod+c") document.execCommand("copy");
    else if (keys === "mod+x") document.execCommand("cut");
    else {
      const refuse = () => notifyRefused(say("refusal.paste_key"));
      const clipboard = navigator.clipboard as Clipboard | undefined;
      if (clipboard) void clipboard.readText().then((text) => actions.paste(text), refuse);
      else refuse();
    }
  };
}

/** The menu of the canvas: by the right button, or by the menu key at the selected step. */
export function CanvasMenu({ onFind, children }: { onFind: () => void; children: ReactNode }) {
  const { store } = usePlace();
  const flow = useReactFlow();
  const scopesOf = useScopes();
  const onClipboard = useMenuClipboard();
  const [point, setPoint] = useState<Point | null>(null);
  const [offered, setOffered] = useState<readonly string[]>([]);
  const acts = useActs({ place: () => flow.screenToFlowPosition(point ?? { x: 0, y: 0 }), onFind });

  const openAt = (at: Point) => {
    const scopes = scopesOf();
    setOffered(acts.filter((act) => act.menu?.some((scope) => scopes.has(scope))).map((act) => act.keys));
    setPoint(at);
  };
  const onContextMenu = (event: MouseEvent) => {
    const target = event.target as Element;
    if (target.closest("textarea")) return;
    event.preventDefault();
    const id =
      target.closest<HTMLElement>(".react-flow__node")?.dataset.id ??
      target.closest<HTMLElement>("[data-edge]")?.dataset.edge ??
      target.closest<HTMLElement>(".react-flow__edge")?.dataset.id;
    const { selection, select } = store.getState();
    const isGroup = target.closest(".react-flow__nodesselection") !== null;
    if (id === undefined && !isGroup) select([]);
    else if (id !== undefined && !selection.has(id)) select([id]);
    openAt({ x: event.clientX, y: event.clientY });
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isMenuKey = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
      const isOnCanvas = event.target === document.body || (event.target instanceof HTMLElement && event.target.closest("#builder-canvas"));
      if (!isMenuKey || !isOnCanvas) return;
      event.preventDefault();
      const [id] = store.getState().selection;
      const card = id === undefined ? null : document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"], [data-edge="${CSS.escape(id)}"]`);
      const frame = (card ?? document.getElementById("builder-canvas"))?.getBoundingClientRect();
      if (frame) openAt({ x: frame.left + Math.min(frame.width / 2, 160), y: frame.top + Math.min(frame.height, 60) });
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
  const choose = (act: Act) => {
    setPoint(null);
    document.getElementById("builder-canvas")?.focus();
    if (act.run) act.run();
    else onClipboard(act.keys);
  };
  return (
    <div className={classes.canvas} onContextMenu={onContextMenu}>
      {children}
      <Menu opened={point !== null} onChange={(opened) => !opened && setPoint(null)} position="bottom-start" offset={2} width={330} withinPortal returnFocus>
        <Menu.Target>
          <div aria-hidden style={{ position: "fixed", left: point?.x ?? 0, top: point?.y ?? 0 }} />
        </Menu.Target>
        <Menu.Dropdown data-testid="canvas-menu">
          {acts
            .filter((act) => offered.includes(act.keys))
            .map((act) => (
              <Menu.Item key={act.keys} {...(act.danger && { color: "var(--ks-bad)" })} rightSection={<KeyNames keys={act.keys} />} onClick={() => choose(act)}>
                {act.title}
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
