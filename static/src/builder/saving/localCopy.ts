/**
 * A copy of the unsaved document in the browser, so that a reload, a crash or an ended session loses nothing.
 * Each tab keeps its own; a copy whose tab has gone silent may be taken over by another tab.
 */
import type { ScenarioDocument } from "../document/types";

export interface LocalCopy {
  readonly document: ScenarioDocument;
  /** what the edits started from, and its revision on the server */
  readonly base: ScenarioDocument;
  readonly revision: number;
  /** milliseconds since 1970; refreshed while the tab lives */
  readonly at: number;
}

const PREFIX = "kaskad.draft.";
/** A living tab with unsaved edits refreshes its copy at least this often, throttled background tabs included. */
const SILENT_AFTER = 150_000;

export class LocalCopies {
  private readonly key: string;
  private readonly family: string;

  constructor(
    private readonly storage: Storage,
    person: string,
    scenario: number | string,
    tab: string,
    private readonly now: () => number,
  ) {
    this.family = `${PREFIX}${person}.${scenario}.`;
    this.key = this.family + tab;
  }

  /** Keeps a copy; false when the browser has no room or forbids it. */
  write(copy: Omit<LocalCopy, "at">): boolean {
    try {
      this.storage.setItem(this.key, JSON.stringify({ ...copy, at: this.now() }));
      return true;
    } catch {
      return false;
    }
  }

  forget(): void {
    this.storage.removeItem(this.key);
  }

  /** This tab's copy, else the newest one left behind by a tab that is gone; it becomes this tab's. */
  adopt(): LocalCopy | null {
    const own = this.read(this.key);
    if (own) return own;
    const orphans = this.keys()
      .map((key) => ({ key, copy: this.read(key) }))
      .filter((item) => item.copy !== null && this.now() - item.copy.at > SILENT_AFTER)
      .sort((a, b) => (b.copy?.at ?? 0) - (a.copy?.at ?? 0));
    const found = orphans[0];
    if (!found?.copy) return null;
    this.storage.removeItem(found.key);
    this.write(found.copy);
    return found.copy;
  }

  private keys(): string[] {
    const keys: string[] = [];
    for (let index = 0; index < this.storage.length; index += 1) {
      const key = this.storage.key(index);
      if (key?.startsWith(this.family)) keys.push(key);
    }
    return keys;
  }

  private read(key: string): LocalCopy | null {
    try {
      const text = this.storage.getItem(key);
      const copy = text === null ? null : (JSON.parse(text) as Partial<LocalCopy>);
      const whole = copy && Array.isArray(copy.document?.nodes) && Array.isArray(copy.base?.nodes);
      return whole && typeof copy.revision === "number" && typeof copy.at === "number" ? (copy as LocalCopy) : null;
    } catch {
      return null;
    }
  }
}
