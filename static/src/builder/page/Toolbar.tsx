import { ActionIcon, Button, Menu, SegmentedControl, Tooltip } from "@mantine/core";
import { IconArrowsSort, IconChevronDown, IconNote, IconRoute } from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import type { RefObject } from "react";

import { useReveal } from "../canvas/useReveal";
import type { Lens } from "../numbers/lens";
import { NumbersBar } from "../numbers/NumbersBar";
import { useActions } from "../state/actions";
import { useBuilder, useEditable, usePlace } from "../state/context";
import type { Mode } from "../store";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";
import { Find } from "./Find";

interface Props {
  lens: Lens;
  findField: RefObject<HTMLInputElement | null>;
  onTidy: (wanted?: { keepPlaced?: boolean }) => void;
}

/** How the graph is looked at: drawing or numbers, the period, heat; and the ways to find and to arrange. */
export function Toolbar({ lens, findField, onTidy }: Props) {
  const { store, counted } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const flow = useReactFlow();
  const reveal = useReveal();
  const mode = useBuilder((state) => state.mode);
  const focus = useBuilder((state) => state.focus);
  const readOnly = useBuilder((state) => state.readOnly);
  const editable = useEditable();
  const numbers = counted ? say("page.numbers_of", { number: counted.number }) : say("page.numbers");
  const turn = (value: Mode) => store.getState().set({ mode: value, tab: value === "numbers" ? "numbers" : "settings" });
  const addNote = () => {
    const canvas = document.getElementById("builder-canvas")?.getBoundingClientRect();
    actions.addNote(flow.screenToFlowPosition({ x: (canvas?.left ?? 0) + 60, y: (canvas?.top ?? 0) + 40 }));
    const [made] = store.getState().selection;
    if (made === undefined) return;
    store.getState().set({ writing: made });
    reveal(made);
  };
  return (
    <section className={`${classes.tools} ks-no-print`} aria-label={say("page.mode")}>
      <div className={classes.toolsStart}>
        <Tooltip label={say("inspector.unpublished")} disabled={counted !== null}>
          <SegmentedControl
            size="xs"
            aria-label={say("page.mode")}
            value={mode}
            onChange={turn}
            data={[
              { value: "edit", label: say(readOnly ? "page.graph" : "page.edit") },
              { value: "numbers", label: numbers, disabled: counted === null },
            ]}
          />
        </Tooltip>
        {mode === "numbers" && <NumbersBar lens={lens} />}
      </div>
      <div className={classes.toolsEnd}>
        <Find field={findField} />
        <Tooltip label={`${say("page.focus_help")} · F`} multiline w={260}>
          <Button
            size="xs"
            variant={focus ? "light" : "default"}
            aria-pressed={focus}
            leftSection={<IconRoute size={14} />}
            onClick={() => store.getState().set({ focus: !focus })}
          >
            {say("page.focus")}
          </Button>
        </Tooltip>
        {editable && (
          <>
            <Button size="xs" variant="default" leftSection={<IconNote size={14} />} onClick={addNote}>
              {say("page.add_note")}
            </Button>
            <Button.Group>
              <Button size="xs" variant="default" leftSection={<IconArrowsSort size={14} />} onClick={() => onTidy()}>
                {say("page.tidy")}
              </Button>
              <Menu position="bottom-end" withinPortal>
                <Menu.Target>
                  <ActionIcon variant="default" size={30} aria-label={say("page.tidy_more")}>
                    <IconChevronDown size={14} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => onTidy()}>{say("page.tidy_all")}</Menu.Item>
                  <Menu.Item onClick={() => onTidy({ keepPlaced: true })}>{say("page.tidy_keep")}</Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </Button.Group>
          </>
        )}
      </div>
    </section>
  );
}
