import { useContext, useEffect } from "react";
import { UNSAFE_NavigationContext as NavigationContext } from "react-router";

/** Asks before the page is left while something is unsaved: by a link or a key, and by closing the tab. */
export function useLeaving(isUnsaved: boolean, ask: () => Promise<boolean>): void {
  const { navigator } = useContext(NavigationContext);
  useEffect(() => {
    if (!isUnsaved) return undefined;
    const { push } = navigator;
    navigator.push = (...to) => {
      void ask().then((goes) => {
        if (goes) push.apply(navigator, to);
      });
    };
    const onClose = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", onClose);
    return () => {
      navigator.push = push;
      window.removeEventListener("beforeunload", onClose);
    };
  }, [isUnsaved, navigator, ask]);
}
