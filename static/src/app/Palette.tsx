import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, spotlight } from "@mantine/spotlight";
import { useDebouncedValue } from "@mantine/hooks";
import { IconChecklist, IconRoute, IconSearch, IconUser, IconWallet } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { SearchAnswer } from "../api/types";
import { useMe } from "./me";
import { placesFor } from "./navigation";
import classes from "./Shell.module.css";
import { useAppTexts } from "./texts";

/** Ctrl+K: every page, scenario, loan and task by what is typed. */
export default function Palette() {
  const say = useAppTexts();
  const go = useNavigate();
  const { rights } = useMe();
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed.trim(), 200);
  const { data } = useGet<SearchAnswer>("/search", { query: { q: asked }, enabled: asked.length > 1, keep: true });
  const found = asked.length > 1 ? data : undefined;

  const pages: SpotlightActionData[] = placesFor(rights).map(({ key, to, icon: Icon, outside }) => ({
    id: `page-${key}`,
    label: say(`places.${key}`),
    keywords: [to],
    leftSection: <Icon size={16} />,
    onClick: () => (outside ? window.location.assign(to) : void go(to)),
  }));
  // What the server found must not be filtered away here: it also searches in fields that are not shown.
  const always = [typed];
  const scenarios = (found?.scenarios ?? []).map((one) => ({
    id: `scenario-${one.id}`,
    label: one.name,
    keywords: always,
    leftSection: <IconRoute size={16} />,
    onClick: () => void go(`/scenarios/${one.id}`),
  }));
  const loans = (found?.loans ?? []).map((one) => ({
    id: `loan-${one.id}`,
    label: one.external_id,
    description: one.borrower?.name ?? "",
    keywords: always,
    leftSection: <IconWallet size={16} />,
    onClick: () => void go(`/loans/${one.id}`),
  }));
  const borrowers = (found?.borrowers ?? []).map((one) => ({
    id: `borrower-${one.id}`,
    label: one.name ?? one.external_id,
    description: one.external_id,
    keywords: always,
    leftSection: <IconUser size={16} />,
    onClick: () => void go(`/borrowers/${one.id}`),
  }));
  const tasks = (found?.tasks ?? []).map((one) => ({
    id: `task-${one.id}`,
    label: one.title,
    description: one.borrower?.name ?? "",
    keywords: always,
    leftSection: <IconChecklist size={16} />,
    onClick: () => void go(`/tasks?task=${one.id}`),
  }));
  const groups: SpotlightActionGroupData[] = [
    { group: say("palette.pages"), actions: pages },
    { group: say("places.scenarios"), actions: scenarios },
    { group: say("places.loans"), actions: loans },
    { group: say("palette.borrowers"), actions: borrowers },
    { group: say("places.tasks"), actions: tasks },
  ].filter((one) => one.actions.length > 0);

  return (
    <Spotlight
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      nothingFound={say("palette.nothing")}
      highlightQuery
      scrollable
      overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
      classNames={{ content: classes.palette, search: classes.paletteSearch }}
      attributes={{ content: { "aria-label": say("palette.open") } }}
      maxHeight={420}
      transitionProps={{ duration: 100 }}
      searchProps={{ leftSection: <IconSearch size={16} />, placeholder: say("palette.placeholder"), "aria-label": say("palette.placeholder") }}
    />
  );
}

export function openPalette(): void {
  spotlight.open();
}
