import { Modal } from "@mantine/core";
import { KeyNames } from "../ui/KeyNames";
import { activeKeys, type PageKey } from "../ui/useKeys";
import classes from "./Shell.module.css";
import { useAppTexts } from "./texts";

function KeyList({ title, keys }: { title: string; keys: readonly PageKey[] }) {
  if (keys.length === 0) return null;
  const byTitle = new Map<string, string[]>();
  for (const key of keys) byTitle.set(key.title, [...(byTitle.get(key.title) ?? []), key.keys]);
  return (
    <>
      <h3 className={classes.keysTitle}>{title}</h3>
      <dl className={`${classes.keys} ${keys.length > MANY ? classes.many : ""}`}>
        {[...byTitle].map(([said, ways]) => (
          <div key={said}>
            <dt>{said}</dt>
            <dd>
              {ways.map((way) => (
                <KeyNames key={way} keys={way} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** More keys than this stand in two columns. */
const MANY = 16;

/** The keys of the page and those that work everywhere. */
export function KeysDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const say = useAppTexts();
  const keys = opened ? activeKeys() : [];
  return (
    <Modal size={keys.length > MANY ? 860 : 440} opened={opened} onClose={onClose} title={say("keys.title")}>
      <KeyList title={say("keys.page")} keys={keys.filter((key) => !key.global)} />
      <KeyList title={say("keys.everywhere")} keys={keys.filter((key) => key.global)} />
    </Modal>
  );
}
