/** What is typed and not saved, kept for this tab: the way back, a reload or a lost session does not lose it. */
import type { Draft } from "./model";

const NAME = (id: string) => `kaskad.template.${id}`;

export interface Kept {
  readonly draft: Draft;
  /** The revision that it was made from. */
  readonly revision: number;
}

export function keep(id: string, kept: Kept | null): void {
  if (kept) sessionStorage.setItem(NAME(id), JSON.stringify(kept));
  else sessionStorage.removeItem(NAME(id));
}

export function keptOf(id: string): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(NAME(id)) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}
