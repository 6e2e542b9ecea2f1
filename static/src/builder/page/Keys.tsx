import { useKeys } from "../../ui/useKeys";
import { useEditable } from "../state/context";
import { useActs, useMiddle } from "./useActs";
import { useClipboard } from "./useClipboard";
import { useWalk } from "./useWalk";

/** The builder's keys; those that change something are there only while the graph may be edited. */
export function Keys({ onFind }: { onFind: () => void }) {
  const editable = useEditable();
  const middle = useMiddle();
  useClipboard(editable, middle);
  useWalk();
  useKeys(useActs({ place: middle, onFind }));
  return null;
}
