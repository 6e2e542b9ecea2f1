import { createContext, useContext, useMemo, useState, type ReactNode } from "react";

import type { Spot } from "../state/actions";

/** A spot; or a step one of whose free ports is chosen first; or a connection that gets another end. */
export type Asked = Spot | { readonly kind: "ports"; readonly node: string } | { readonly kind: "redirect"; readonly edge: string };

export interface QuickAddRequest {
  readonly spot: Asked;
  /** where on the screen the list opens */
  readonly x: number;
  readonly y: number;
}

interface QuickAdd {
  readonly request: QuickAddRequest | null;
  readonly open: (spot: Asked, x: number, y: number) => void;
  readonly close: () => void;
}

const Context = createContext<QuickAdd>({ request: null, open: () => undefined, close: () => undefined });

/** Holds which spot the list of node types is open for. */
export function QuickAddProvider({ children }: { children: ReactNode }) {
  const [request, setRequest] = useState<QuickAddRequest | null>(null);
  const value = useMemo<QuickAdd>(
    () => ({ request, open: (spot, x, y) => setRequest({ spot, x, y }), close: () => setRequest(null) }),
    [request],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useQuickAdd(): QuickAdd {
  return useContext(Context);
}
