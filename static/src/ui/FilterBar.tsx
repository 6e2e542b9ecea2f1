import { ActionIcon, Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import classes from "./FilterBar.module.css";
import { useUiTexts } from "./texts";
import { useKeys } from "./useKeys";
import type { ListState } from "./useListState";

/** The bar under the title; whatever narrows the content stands here. */
export function FilterBar({ children, end }: { children: ReactNode; end?: ReactNode }) {
  return (
    <div className={`${classes.bar} ks-no-print`} role="search">
      <div className={classes.start}>{children}</div>
      {end && <div className={classes.end}>{end}</div>}
    </div>
  );
}

/** Search as you type; `/` puts the cursor here. */
export function SearchInput({ state, label }: { state: ListState; label: string }) {
  const say = useUiTexts();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(state.q);
  const apply = useDebouncedCallback(state.setSearch, 250);
  useEffect(() => setTyped(state.q), [state.q]);
  useKeys([{ keys: "/", title: say("keys.search"), run: () => field.current?.focus() }]);
  return (
    <TextInput
      ref={field}
      className={classes.search}
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={15} />}
      value={typed}
      rightSection={
        typed && (
          <ActionIcon
            size={22}
            aria-label={say("clear")}
            onClick={() => {
              setTyped("");
              state.setSearch("");
            }}
          >
            <IconX size={14} />
          </ActionIcon>
        )
      }
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
    />
  );
}

export interface Choice {
  value: string;
  title: ReactNode;
}

interface ChoicesProps {
  state: ListState;
  name: string;
  label: string;
  choices: readonly Choice[];
  /** The words of "no filter". */
  all?: string;
}

/** One value of a few, as joined buttons; pressing the chosen one again lets it go. */
export function Choices({ state, name, label, choices, all }: ChoicesProps) {
  const chosen = state.filters[name] ?? null;
  const offered = all ? [{ value: "", title: all }, ...choices] : choices;
  return (
    <div className={classes.choices} role="group" aria-label={label}>
      {offered.map((choice) => {
        const isOn = (chosen ?? "") === choice.value;
        return (
          <button
            key={choice.value}
            type="button"
            className={classes.choice}
            aria-pressed={isOn}
            onClick={() => state.setFilter(name, isOn ? null : choice.value || null)}
          >
            {choice.title}
          </button>
        );
      })}
    </div>
  );
}

/** A filter that came with a link and has no control of its own: says what it is and can be let go. */
export function FilterChip({ children, onRemove }: { children: ReactNode; onRemove: () => void }) {
  const say = useUiTexts();
  return (
    <span className={classes.chip}>
      {children}
      <ActionIcon size={18} aria-label={say("filterOff")} onClick={onRemove}>
        <IconX size={12} />
      </ActionIcon>
    </span>
  );
}

export function ClearFilters({ state }: { state: ListState }) {
  const say = useUiTexts();
  if (!state.isNarrowed) return null;
  return (
    <Button variant="subtle" size="compact-sm" onClick={state.clear}>
      {say("clearFilters")}
    </Button>
  );
}
