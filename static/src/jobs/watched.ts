import { useSyncExternalStore } from "react";

const KEY = "kaskad.jobs";
const listeners = new Set<() => void>();

function read(): readonly number[] {
  try {
    const kept: unknown = JSON.parse(window.sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "number") : [];
  } catch {
    return [];
  }
}

let watched = read();

function keep(ids: readonly number[]): void {
  watched = ids;
  try {
    window.sessionStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // A browser that keeps nothing forgets them when the page is left.
  }
  for (const tell of listeners) tell();
}

/** Show the person how a job that they started goes, on every page, until it has ended. */
export function watchJob(id: number): void {
  if (!watched.includes(id)) keep([...watched, id]);
}

export function forgetJob(id: number): void {
  keep(watched.filter((one) => one !== id));
}

export function useWatchedJobs(): readonly number[] {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => watched,
  );
}
