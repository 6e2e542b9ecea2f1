import { Button, CloseButton } from "@mantine/core";
import { IconArrowUpRight } from "@tabler/icons-react";
import { useEffect, useRef } from "react";

import { Label } from "../../ui/Tone";
import { useInside } from "../state/inside";
import { useParts } from "../state/parts";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

/** Over the canvas while a called scenario is looked at in place: which one, the ways back, and the way to edit it. */
export function InsideBar() {
  const { root, trail, leave } = useInside();
  const say = useTexts();
  const parts = useParts();
  const depth = trail.length;
  const former = useRef(depth);
  // the canvas is another one now: without this the keys' place would be lost
  useEffect(() => {
    if (former.current === depth) return;
    former.current = depth;
    document.getElementById("builder-canvas")?.focus();
  }, [depth]);
  const shown = trail.at(-1);
  if (!shown) return null;
  const mayEdit = shown.rights.has("scenario.edit") && window.innerWidth >= 768;
  return (
    <nav className={classes.insideBar} aria-label={say("part.way")} data-testid="inside">
      <ol>
        {[root, ...trail].map((place, level) => {
          const { name } = place.store.getState().document;
          return (
            <li key={level} {...(level === depth && { "aria-current": "page" as const })}>
              {level === depth ? <strong title={name}>{name}</strong> : <button type="button" title={name} onClick={() => leave(level)}>{name}</button>}
            </li>
          );
        })}
      </ol>
      <Label>
        {shown.version ? say("page.version", { number: shown.version.number }) : say("page.draft")} · {say("page.read_only")}
      </Label>
      <Button size="compact-xs" variant="default" leftSection={<IconArrowUpRight size={13} />} title={`${say(mayEdit ? "part.edit" : "part.open")} · O`} onClick={() => void parts.openShown()}>
        {say(mayEdit ? "part.edit" : "part.open")}
      </Button>
      <CloseButton size="sm" aria-label={say("part.back")} title={`${say("part.back")} · U`} onClick={() => leave()} />
    </nav>
  );
}
