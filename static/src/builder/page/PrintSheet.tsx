import { useEffect, useRef } from "react";

import classes from "./Builder.module.css";
import { usePicture } from "./usePicture";

/** What the browser prints instead of the canvas: the whole graph, fitted on the page. */
export function PrintSheet() {
  const picture = usePicture();
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const draw = () => {
      const parsed = new DOMParser().parseFromString(picture(), "image/svg+xml");
      sheet.current?.replaceChildren(document.importNode(parsed.documentElement, true));
    };
    const clear = () => sheet.current?.replaceChildren();
    window.addEventListener("beforeprint", draw);
    window.addEventListener("afterprint", clear);
    return () => {
      window.removeEventListener("beforeprint", draw);
      window.removeEventListener("afterprint", clear);
    };
  }, [picture]);
  return <div ref={sheet} className={classes.sheet} />;
}
