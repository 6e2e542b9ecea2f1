import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { rename } from "../document/commands";
import { done, sample } from "../document/fixtures";
import type { ScenarioDocument } from "../document/types";
import { Autosave, type DraftServer, type RemoteDraft, type SaveAnswer, type SaveState } from "./autosave";
import { LocalCopies } from "./localCopy";

/** A server with one draft, which refuses stale revisions and can be switched off. */
class FakeServer implements DraftServer {
  draft: RemoteDraft = { document: sample(), revision: 1, by: "anna", at: null };
  saves = 0;
  failing: SaveAnswer | "throw" | null = null;
  losesAnswers = false;

  save(document: ScenarioDocument, revision: number): Promise<SaveAnswer> {
    this.saves += 1;
    if (this.failing === "throw") return Promise.reject(new TypeError("network"));
    if (this.failing) return Promise.resolve(this.failing);
    if (revision !== this.draft.revision) return Promise.resolve({ kind: "conflict", theirs: this.draft });
    this.draft = { document, revision: revision + 1, by: "me", at: null };
    if (this.losesAnswers) return Promise.reject(new TypeError("network"));
    return Promise.resolve({ kind: "saved", revision: revision + 1 });
  }
}

function named(name: string, from = sample()): ScenarioDocument {
  return done(rename(from, "ask", name));
}

function opened(server = new FakeServer()) {
  const states: SaveState["kind"][] = [];
  let state: SaveState = { kind: "saved" };
  const copies = new LocalCopies(localStorage, "me", 7, "tab", () => Date.now());
  const base = server.draft.document;
  const autosave = new Autosave({
    server,
    copies,
    base,
    revision: server.draft.revision,
    onState: (next) => {
      state = next;
      states.push(next.kind);
    },
  });
  return { server, autosave, copies, states, state: () => state, base };
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("autosave", () => {
  it("saves once after a burst of edits", async () => {
    const { server, autosave, states } = opened();
    for (const name of ["a", "b", "c"]) autosave.touch(named(name));
    await vi.advanceTimersByTimeAsync(900);
    expect(server.saves).toBe(1);
    expect(server.draft.document.nodes[1]?.data.label).toBe("c");
    expect(states).toEqual(["waiting", "waiting", "waiting", "saving", "saved"]);
    expect(localStorage).toHaveLength(0);
  });

  it("saves again what was typed while a save was on its way", async () => {
    const { server, autosave } = opened();
    autosave.touch(named("a"));
    vi.advanceTimersByTime(800);
    autosave.touch(named("b"));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.saves).toBe(2);
    expect(server.draft.document.nodes[1]?.data.label).toBe("b");
    expect(autosave.isDirty).toBe(false);
  });

  it("sends nothing when an undo brought the saved document back", async () => {
    const { server, autosave, base, state } = opened();
    autosave.touch(named("a"));
    autosave.touch(structuredClone(base));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.saves).toBe(0);
    expect(state().kind).toBe("saved");
  });

  it("keeps trying while the server is away, and loses nothing", async () => {
    const { server, autosave, copies, state } = opened();
    server.failing = "throw";
    autosave.touch(named("a"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state().kind).toBe("away");
    autosave.touch(named("b"));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.saves).toBeGreaterThan(2);
    expect(copies.adopt()?.document.nodes[1]?.data.label).toBe("b");
    server.failing = null;
    await vi.advanceTimersByTimeAsync(16_000);
    expect(server.draft.document.nodes[1]?.data.label).toBe("b");
    expect(state().kind).toBe("saved");
  });

  it("stops at an ended session, keeps the copy, and goes on after the next login", async () => {
    const { server, autosave, copies, state } = opened();
    server.failing = { kind: "expired" };
    autosave.touch(named("a"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.saves).toBe(1);
    autosave.touch(named("b"));
    expect(copies.adopt()?.document.nodes[1]?.data.label).toBe("b");
    server.failing = null;
    autosave.retryNow();
    await vi.advanceTimersByTimeAsync(100);
    expect(state().kind).toBe("saved");
    expect(server.draft.document.nodes[1]?.data.label).toBe("b");
  });

  it("does not take its own save for a stranger's when the answer was lost", async () => {
    const { server, autosave, state } = opened();
    server.losesAnswers = true;
    autosave.touch(named("a"));
    await vi.advanceTimersByTimeAsync(1_000);
    server.losesAnswers = false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(state().kind).toBe("saved");
    expect(server.draft.revision).toBe(2);
  });

  it("shows a refusal and tries again with the next edit", async () => {
    const { server, autosave, state } = opened();
    server.failing = { kind: "refused", message: "too large" };
    autosave.touch(named("a"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state()).toEqual({ kind: "refused", message: "too large" });
    server.failing = null;
    autosave.touch(named("b"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state().kind).toBe("saved");
  });

  it("flush saves at once", async () => {
    const { server, autosave } = opened();
    autosave.touch(named("a"));
    expect(await autosave.flush()).toBe(true);
    expect(server.draft.document.nodes[1]?.data.label).toBe("a");
  });
});

describe("a conflict", () => {
  async function met() {
    const setting = opened();
    setting.server.draft = { document: named("theirs"), revision: 2, by: "boris", at: null };
    setting.autosave.touch(named("mine"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(setting.state().kind).toBe("conflict");
    return setting;
  }

  it("sends nothing more until a person decides, and keeps later edits locally", async () => {
    const { server, autosave, copies } = await met();
    autosave.touch(named("mine 2"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.saves).toBe(1);
    expect(copies.adopt()?.document.nodes[1]?.data.label).toBe("mine 2");
  });

  it("can be ended with mine as a new revision over theirs", async () => {
    const { server, autosave, state } = await met();
    expect(await autosave.resolve(named("mine"))).toBe(true);
    expect(server.draft).toMatchObject({ revision: 3, by: "me" });
    expect(server.draft.document.nodes[1]?.data.label).toBe("mine");
    expect(state().kind).toBe("saved");
  });

  it("can be ended with theirs", async () => {
    const { server, autosave, state } = await met();
    expect(await autosave.resolve(server.draft.document)).toBe(true);
    expect(server.draft).toMatchObject({ revision: 2, by: "boris" });
    expect(state().kind).toBe("saved");
    expect(localStorage).toHaveLength(0);
  });

  it("comes back when a third person saves during the decision", async () => {
    const { server, autosave, state } = await met();
    server.draft = { document: named("third"), revision: 9, by: "vera", at: null };
    expect(await autosave.resolve(named("mine"))).toBe(false);
    expect(state()).toMatchObject({ kind: "conflict", theirs: { revision: 9 } });
  });

  it("is none when only the revision moved", async () => {
    const setting = opened();
    setting.server.draft = { ...setting.server.draft, revision: 5 };
    setting.autosave.touch(named("mine"));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(setting.state().kind).toBe("saved");
    expect(setting.server.draft.revision).toBe(6);
  });

  it("opens at once when a local copy waited while the server's draft moved on", () => {
    const { autosave, state, base } = opened();
    autosave.contest(named("mine"), base, { document: named("theirs"), revision: 4, by: null, at: null });
    expect(state().kind).toBe("conflict");
  });
});

describe("local copies", () => {
  const copiesOf = (tab: string) => new LocalCopies(localStorage, "me", 7, tab, () => Date.now());
  const copy = (name: string) => ({ document: named(name), base: sample(), revision: 3 });

  it("survive a reload of the same tab", () => {
    copiesOf("one").write(copy("a"));
    expect(copiesOf("one").adopt()).toMatchObject({ revision: 3 });
  });

  it("are left to a living tab and taken from a dead one", () => {
    copiesOf("one").write(copy("a"));
    expect(copiesOf("two").adopt()).toBeNull();
    vi.advanceTimersByTime(200_000);
    expect(copiesOf("two").adopt()?.document.nodes[1]?.data.label).toBe("a");
    expect(localStorage).toHaveLength(1);
  });

  it("of another person or scenario are not touched, and garbage is no copy", () => {
    localStorage.setItem("kaskad.draft.other.7.one", JSON.stringify({ ...copy("x"), at: 0 }));
    localStorage.setItem("kaskad.draft.me.7.one", "{garbage");
    expect(copiesOf("one").adopt()).toBeNull();
  });
});
