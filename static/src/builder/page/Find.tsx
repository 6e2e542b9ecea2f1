import { Select } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { RefObject } from "react";

import { useReveal } from "../canvas/useReveal";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";

/** So many are listed: who looks for one among more goes on typing. */
const MOST = 100;

/** Finds a step of the graph by its name or by what it does. */
export function Find({ field }: { field: RefObject<HTMLInputElement | null> }) {
  const { store, index } = usePlace();
  const say = useTexts();
  const reveal = useReveal();
  const nodes = useBuilder((state) => state.document.nodes);
  const analysed = useBuilder((state) => state.analysis.nodes);
  const notes = useBuilder((state) => state.document.notes);
  const words = (id: string) => analysed[id]?.sentence ?? (notes.some((note) => note.id === id) ? say("note.label") : "");
  return (
    <Select
      ref={field}
      size="xs"
      w={190}
      searchable
      limit={MOST}
      clearable={false}
      value={null}
      placeholder={say("find.title")}
      aria-label={say("find.title")}
      leftSection={<IconSearch size={14} />}
      rightSection={null}
      nothingFoundMessage={say("palette.none")}
      data={[
        ...nodes.map((node) => ({ value: node.id, label: node.data.label || (index.get(node.type)?.title ?? node.id) })),
        ...notes.filter((note) => note.text !== "").map((note) => ({ value: note.id, label: note.text.slice(0, 80) })),
      ]}
      filter={({ options, search }) => {
        const wanted = search.trim().toLocaleLowerCase();
        return options.filter((option) => {
          if ("group" in option) return false;
          return `${option.label} ${words(option.value)}`.toLocaleLowerCase().includes(wanted);
        });
      }}
      renderOption={({ option }) => (
        <span style={{ minWidth: 0 }}>
          <span style={{ display: "block" }}>{option.label}</span>
          <span className="ks-muted" style={{ fontSize: 12 }}>
            {words(option.value)}
          </span>
        </span>
      )}
      comboboxProps={{ width: 300, position: "bottom-end" }}
      onChange={(id) => {
        if (id === null) return;
        store.getState().select([id]);
        reveal(id);
        field.current?.blur();
      }}
    />
  );
}
