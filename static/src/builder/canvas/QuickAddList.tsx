import { Modal, ScrollArea, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";

import { freePort } from "../document/commands";
import { freePorts } from "../document/walking";
import { groupColor, NodeIcon } from "../icons";
import type { ScenarioNode } from "../document/types";
import type { PaletteNode } from "../model";
import { matches, searchTypes } from "../palette/search";
import { useActions } from "../state/actions";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import { useQuickAdd, type Asked } from "./quickAdd";
import classes from "./QuickAddList.module.css";

interface Choice {
  readonly key: string;
  readonly title: string;
  readonly kind: PaletteNode | undefined;
  readonly choose: () => void;
}

/** Which node's free port the new thing hangs on, when it hangs on one. */
function sourceOf(spot: Asked): string | null {
  return spot.kind === "after" || spot.kind === "port" ? spot.node : null;
}

/** So many steps of the graph are listed: who looks for one among more goes on typing. */
const MOST = 100;

function useChoices(spot: Asked, query: string): { types: Choice[]; existing: Choice[] } {
  const { palette, index } = usePlace();
  const actions = useActions();
  const { open } = useQuickAdd();
  const document = useBuilder((state) => state.document);
  return useMemo(() => {
    if (spot.kind === "ports") {
      const chosen = document.nodes.find((item) => item.id === spot.node);
      const ports = chosen ? freePorts(document, chosen, actions.grammar()) : [];
      const types = ports
        .filter((port) => matches(port.title, query))
        .map((port) => ({
          key: port.key,
          title: port.title,
          kind: chosen && index.get(chosen.type),
          choose: () => open({ kind: "port", node: spot.node, port: port.key, at: null }, 0, 0),
        }));
      return { types, existing: [] };
    }
    const title = (item: ScenarioNode) => item.data.label || (index.get(item.type)?.title ?? item.type);
    if (spot.kind === "redirect") {
      const edge = document.edges.find((item) => item.id === spot.edge);
      const others = document.nodes.filter((item) => item.id !== edge?.source && item.id !== edge?.target && !index.get(item.type)?.entry);
      const existing = others
        .filter((item) => matches(title(item), query))
        .map((item) => ({ key: item.id, title: title(item), kind: index.get(item.type), choose: () => void actions.redirect(spot.edge, item.id) }));
      return { types: [], existing: existing.slice(0, MOST) };
    }
    const onEdge = spot.kind === "edge";
    const types = searchTypes(palette.nodes, query)
      .filter((kind) => !(onEdge && (kind.entry || kind.terminal)) && !(sourceOf(spot) && kind.entry))
      .map((kind) => ({ key: kind.key, title: kind.title, kind, choose: () => void actions.add(kind.key, spot) }));
    const source = sourceOf(spot);
    const node = document.nodes.find((item) => item.id === source);
    const port = spot.kind === "port" ? spot.port : node && freePort(document, node, actions.grammar());
    const existing = document.nodes
      .filter((item) => source && port !== undefined && item.id !== source && !index.get(item.type)?.entry)
      .filter((item) => matches(title(item), query))
      .map((item) => ({
        key: item.id,
        title: title(item),
        kind: index.get(item.type),
        choose: () => void actions.connect({ source: source ?? "", sourceHandle: port ?? "", target: item.id }),
      }));
    return { types, existing: existing.slice(0, MOST) };
  }, [spot, query, palette, index, actions, document, open]);
}

function List({ spot, close }: { spot: Asked; close: () => void }) {
  const say = useTexts();
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const { types, existing } = useChoices(spot, query);
  const all = [...types, ...existing];
  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    close();
    choice.choose(); // may open the list again for a chosen port
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((now) => (now + step + all.length) % Math.max(1, all.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(all[active]);
    }
  };
  const item = (choice: Choice, position: number) => (
    <button
      key={choice.key}
      type="button"
      id={`quick-${choice.key}`}
      role="option"
      aria-selected={position === active}
      tabIndex={-1}
      className={`${classes.item} ${position === active ? classes.active : ""}`}
      data-testid={`quick-${choice.key}`}
      onMouseEnter={() => setActive(position)}
      onClick={() => choose(choice)}
    >
      <span className={classes.icon} style={{ background: groupColor(choice.kind?.group) }}>
        <NodeIcon {...(choice.kind && { icon: choice.kind.icon, group: choice.kind.group })} size={13} />
      </span>
      <span className="ks-cut">{choice.title}</span>
    </button>
  );
  return (
    <div onKeyDown={onKeyDown}>
      <TextInput
        data-autofocus
        autoFocus
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setActive(0);
        }}
        placeholder={say("palette.search")}
        aria-label={say("palette.search")}
        leftSection={<IconSearch size={15} />}
        role="combobox"
        aria-expanded
        aria-controls="quick-list"
        aria-activedescendant={all[active] ? `quick-${all[active].key}` : undefined}
      />
      <ScrollArea.Autosize mah={340} mt={8}>
        <div role="listbox" id="quick-list" aria-label={say("palette.title")}>
          {types.map((choice, position) => item(choice, position))}
          {existing.length > 0 && <div className={classes.heading}>{say("quick.existing")}</div>}
          {existing.map((choice, position) => item(choice, types.length + position))}
          {all.length === 0 && <div className={classes.none}>{say("palette.none")}</div>}
        </div>
      </ScrollArea.Autosize>
    </div>
  );
}

/** The list of node types (and, from a free port, of blocks to connect to) that opens at "+" and at a dropped wire. */
export function QuickAddList() {
  const { request, close } = useQuickAdd();
  const say = useTexts();
  const isOpen = request !== null;
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) document.getElementById("builder-canvas")?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return (
    <Modal
      returnFocus={false}
      opened={isOpen}
      onClose={close}
      title={say(request?.spot.kind === "ports" ? "quick.ports" : request?.spot.kind === "redirect" ? "quick.redirect" : "quick.title")}
      size={340}
      padding="md"
    >
      {request && <List key={request.spot.kind} spot={request.spot} close={close} />}
    </Modal>
  );
}
