import { Kbd } from "@mantine/core";

/** What stands on the keyboard, where the browser calls it otherwise. */
const SHOWN: Readonly<Record<string, string>> = {
  mod: "Ctrl",
  shift: "Shift",
  alt: "Alt",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
  ContextMenu: "☰",
};

/** Keys as they stand on the keyboard, in the words of `PageKey.keys`. */
export function KeyNames({ keys }: { keys: string }) {
  const names = keys.split(" ").flatMap((part) => (part === "+" ? ["+"] : part.split("+")));
  return (
    <span style={{ display: "inline-flex", gap: 4 }}>
      {names.map((name, index) => (
        <Kbd key={index} size="xs">
          {SHOWN[name] ?? (name.length === 1 ? name.toUpperCase() : name)}
        </Kbd>
      ))}
    </span>
  );
}
