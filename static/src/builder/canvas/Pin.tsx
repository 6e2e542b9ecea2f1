import { Handle, type HandleProps } from "@xyflow/react";

import { useBuilder } from "../state/context";
import { DRAW_ALL_UP_TO } from "./useFlow";

/** Whether a large graph is seen from so far away that no hand could take hold of a port. */
export function useOverview(): boolean {
  return useBuilder((state) => state.isFar && state.document.nodes.length > DRAW_ALL_UP_TO);
}

type Props = HandleProps & { readonly isOverview: boolean; readonly "data-testid": string; readonly "aria-label": string; readonly title?: string };

/** A port. In an overview only its place, which the canvas reads off the page: thousands of live ports would cost every frame. */
export function Pin({ isOverview, className = "", ...port }: Props) {
  if (!isOverview) return <Handle {...port} className={className} role="img" />;
  return <i className={`react-flow__handle react-flow__handle-${port.position} ${port.type}`} data-handleid={port.id} data-handlepos={port.position} />;
}
