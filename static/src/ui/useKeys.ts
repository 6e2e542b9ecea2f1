import { useEffect, useRef } from "react";

export interface PageKey {
  /** `n`, `/`, `1`, `mod+k`, or two in a row: `g h`. */
  keys: string;
  title: string;
  /** Without it the key is only listed: the browser's own event (copy, paste) does the work. */
  run?: () => void;
  /** Silent in inputs and under dialogs even with Ctrl. */
  quiet?: boolean;
  /** Works on every page. */
  global?: boolean;
}

let active: readonly PageKey[] = [];

/** The keys that work now, newest page first; the `?` dialog lists them. */
export function activeKeys(): readonly PageKey[] {
  return active;
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !/^(checkbox|radio|button|submit)$/.test(target.type);
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName));
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

/** Arrows at a choice of several turn it: they are no keys of the page then. */
function isTurning(event: KeyboardEvent): boolean {
  return event.key.startsWith("Arrow") && event.target instanceof HTMLInputElement && event.target.type === "radio";
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!event.ctrlKey && !event.metaKey) return key;
  return event.shiftKey ? `mod+shift+${key}` : `mod+${key}`;
}

/** The Latin letter of the key, so that the keys work in the Russian layout too. */
function latinNameOf(event: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  return letter ? nameOf(new KeyboardEvent("keydown", { key: letter, ctrlKey: event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey })) : nameOf(event);
}

let former: { name: string; at: number } | null = null;

function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || isTurning(event)) return;
  const names = [nameOf(event), latinNameOf(event)];
  const isModified = event.ctrlKey || event.metaKey;
  const isElsewhere = isTyping(event.target) || isDialogOpen();
  if (!isModified && isElsewhere) return;
  const first = former && event.timeStamp - former.at < 900 ? former.name : null;
  former = { name: names[1] ?? "", at: event.timeStamp };
  const wanted = first ? [...names.map((name) => `${first} ${name}`), ...names] : names;
  const found = wanted.map((name) => active.find((one) => one.keys === name)).find(Boolean);
  if (!found?.run || (found.quiet && isElsewhere)) return;
  event.preventDefault();
  former = null;
  found.run();
}

document.addEventListener("keydown", handle);

/** Keys that work while the component is shown. They are silent in inputs and under dialogs, unless with Ctrl. */
export function useKeys(keys: readonly PageKey[]): void {
  const newest = useRef(keys);
  useEffect(() => {
    newest.current = keys;
  });
  const signature = keys.map((key) => `${key.keys}\n${key.title}`).join("\n\n");
  useEffect(() => {
    const mine = newest.current.map((key, index) => ({ ...key, ...(key.run && { run: () => newest.current[index]?.run?.() }) }));
    active = [...mine, ...active];
    return () => {
      active = active.filter((key) => !mine.includes(key));
    };
  }, [signature]);
}
