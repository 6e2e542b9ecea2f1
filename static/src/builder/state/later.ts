/** What the builder is drawn without: loaded when it is asked for, or once the page has settled. */
import { useEffect } from "react";

import { useSettled } from "../../ui/settled";

export const LATER = {
  tidy: () => import("../document/tidy"),
  collapse: () => import("../document/collapse"),
  settling: () => import("../page/Settling"),
  cases: () => import("../page/NodeCases"),
  figures: () => import("../page/NodeNumbersTable"),
};

/** Fetches it all ahead of need, so that tidying up and settling a conflict work without a connection too. */
export function usePrefetch(): void {
  const isSettled = useSettled();
  useEffect(() => {
    if (isSettled) void Promise.allSettled(Object.values(LATER).map((load) => load()));
  }, [isSettled]);
}
