import { Kbd, Modal } from "@mantine/core";
import { activeKeys, type PageKey } from "../ui/useKeys";
import classes from "./Shell.module.css";
import { useAppTexts } from "./texts";

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
};

function KeyNames({ keys }: { keys: string }) {
  const names = keys.split(" ").flatMap((part) => part.split("+"));
  return (
    <span className={classes.keyNames}>
      {names.map((name, index) => (
        <Kbd key={index} size="xs">
          {SHOWN[name] ?? (name.length === 1 ? name.toUpperCase() : name)}
        </Kbd>
      ))}
    </span>
  );
}

function KeyList({ title, keys }: { title: string; keys: readonly PageKey[] }) {
  if (keys.length === 0) return null;
  return (
    <>
      <h3 className={classes.keysTitle}>{title}</h3>
      <dl className={classes.keys}>
        {keys.map((key) => (
          <div key={key.keys}>
            <dt>{key.title}</dt>
            <dd>
              <KeyNames keys={key.keys} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The keys of the page and those that work everywhere. */
export function KeysDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const say = useAppTexts();
  const keys = opened ? activeKeys() : [];
  return (
    <Modal opened={opened} onClose={onClose} title={say("keys.title")} closeButtonProps={{ "aria-label": say("close") }}>
      <KeyList title={say("keys.page")} keys={keys.filter((key) => !key.global)} />
      <KeyList title={say("keys.everywhere")} keys={keys.filter((key) => key.global)} />
    </Modal>
  );
}
