/**
 * Saves the draft by itself and never loses an edit: one request at a time, each with the revision it started from,
 * repeated while the server is away, and stopped for a decision when someone else saved in between.
 */
import { equalJson } from "../document/difference";
import type { ScenarioDocument } from "../document/types";
import type { LocalCopies } from "./localCopy";

/** The draft as it stands on the server. */
export interface RemoteDraft {
  readonly document: ScenarioDocument;
  readonly revision: number;
  readonly by: string | null;
  readonly at: string | null;
}

export type SaveAnswer =
  | { readonly kind: "saved"; readonly revision: number }
  | { readonly kind: "conflict"; readonly theirs: RemoteDraft }
  /** the server cannot be reached, or is out of order for the moment */
  | { readonly kind: "away" }
  /** the session has ended */
  | { readonly kind: "expired" }
  /** the server understood and said no */
  | { readonly kind: "refused"; readonly message: string };

export interface DraftServer {
  save(document: ScenarioDocument, revision: number): Promise<SaveAnswer>;
}

export type SaveState =
  | { readonly kind: "saved" }
  | { readonly kind: "waiting" }
  | { readonly kind: "saving" }
  | { readonly kind: "away" }
  | { readonly kind: "expired" }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "conflict"; readonly theirs: RemoteDraft; readonly base: ScenarioDocument };

export interface AutosaveOptions {
  readonly server: DraftServer;
  readonly copies: Pick<LocalCopies, "write" | "forget">;
  readonly base: ScenarioDocument;
  readonly revision: number;
  readonly onState: (state: SaveState) => void;
  /** milliseconds of quiet before a save */
  readonly delay?: number;
}

const FIRST_RETRY = 1_500;
const LAST_RETRY = 15_000;

export class Autosave {
  private state: SaveState = { kind: "saved" };
  private current: ScenarioDocument;
  private base: ScenarioDocument;
  private revision: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private retry = FIRST_RETRY;
  private closed = false;

  constructor(private readonly options: AutosaveOptions) {
    this.current = options.base;
    this.base = options.base;
    this.revision = options.revision;
  }

  get savedRevision(): number {
    return this.revision;
  }

  /** Whether leaving now would leave edits that the server has not. */
  get isDirty(): boolean {
    return this.state.kind !== "saved";
  }

  /** Tells that the document is now this one. */
  touch(document: ScenarioDocument): void {
    if (this.closed || document === this.current) return;
    this.current = document;
    if (this.state.kind === "conflict" || this.state.kind === "expired") {
      this.keepCopy();
      return;
    }
    if (!this.running && this.state.kind !== "away" && equalJson(document, this.base)) {
      clearTimeout(this.timer);
      this.settle();
      return;
    }
    this.keepCopy();
    if (this.state.kind === "away" || this.running) return;
    this.turn({ kind: "waiting" });
    this.plan(this.options.delay ?? 800);
  }

  /** Saves now what is unsaved; true when the server has everything afterwards. */
  async flush(): Promise<boolean> {
    while (this.isDirty && !this.closed) {
      if (this.state.kind === "conflict") return false;
      clearTimeout(this.timer);
      await (this.running ?? this.start());
      if (this.state.kind !== "waiting") break;
    }
    return this.state.kind === "saved";
  }

  /** Tries again at once: the network is back, or the person logged in again. */
  retryNow(): void {
    if (this.state.kind === "away" || this.state.kind === "expired" || this.state.kind === "refused") void this.flush();
  }

  /** Opens a conflict that was found before any save: the server's draft moved on while a local copy waited. */
  contest(mine: ScenarioDocument, base: ScenarioDocument, theirs: RemoteDraft): void {
    this.current = mine;
    this.base = base;
    this.meet(theirs, mine);
  }

  /** Ends a conflict with this document, as a new revision above theirs; true when the server has it. */
  async resolve(document: ScenarioDocument): Promise<boolean> {
    if (this.state.kind !== "conflict") return false;
    const { theirs } = this.state;
    this.base = theirs.document;
    this.current = document;
    this.revision = theirs.revision;
    if (equalJson(document, theirs.document)) {
      this.settle();
      return true;
    }
    this.keepCopy();
    this.turn({ kind: "waiting" });
    return this.flush();
  }

  /** Takes over what someone else saved while nothing was edited here; gives whether there was such a draft. */
  follow(theirs: RemoteDraft): boolean {
    if (this.state.kind !== "saved" || this.running || theirs.revision <= this.revision) return false;
    this.base = theirs.document;
    this.current = theirs.document;
    this.revision = theirs.revision;
    return true;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private plan(delay: number): void {
    clearTimeout(this.timer);
    if (!this.closed) this.timer = setTimeout(() => void this.start(), delay);
  }

  private start(): Promise<void> {
    this.running ??= this.send().finally(() => {
      this.running = null;
      if (this.state.kind === "waiting") this.plan(this.options.delay ?? 800);
    });
    return this.running;
  }

  private async send(): Promise<void> {
    const sent = this.current;
    const wasAway = this.state.kind === "away";
    if (!wasAway) this.turn({ kind: "saving" });
    this.keepCopy();
    const answer = await this.options.server.save(sent, this.revision).catch((): SaveAnswer => ({ kind: "away" }));
    switch (answer.kind) {
      case "saved":
        this.accept(sent, answer.revision);
        break;
      case "conflict":
        this.meet(answer.theirs, sent);
        break;
      case "away":
        this.turn({ kind: "away" });
        this.plan(this.retry);
        this.retry = Math.min(this.retry * 2, LAST_RETRY);
        break;
      case "expired":
      case "refused":
        this.turn(answer);
    }
  }

  private accept(sent: ScenarioDocument, revision: number): void {
    this.retry = FIRST_RETRY;
    this.base = sent;
    this.revision = revision;
    if (this.current === sent || equalJson(this.current, sent)) this.settle();
    else {
      this.keepCopy();
      this.turn({ kind: "waiting" });
    }
  }

  private meet(theirs: RemoteDraft, sent: ScenarioDocument): void {
    if (equalJson(theirs.document, sent)) {
      // our own save whose answer was lost on the way, or the very same edit
      this.accept(sent, theirs.revision);
    } else if (equalJson(theirs.document, this.base)) {
      // the revision moved, the content did not: nothing of theirs to lose
      this.revision = theirs.revision;
      this.turn({ kind: "waiting" });
      if (!this.running) this.plan(0);
    } else {
      this.keepCopy();
      this.turn({ kind: "conflict", theirs, base: this.base });
    }
  }

  private settle(): void {
    this.options.copies.forget();
    this.turn({ kind: "saved" });
  }

  private keepCopy(): void {
    this.options.copies.write({ document: this.current, base: this.base, revision: this.revision });
  }

  private turn(state: SaveState): void {
    this.state = state;
    if (!this.closed) this.options.onState(state);
  }
}
