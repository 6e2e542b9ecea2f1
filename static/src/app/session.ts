import { useSyncExternalStore } from "react";
import { configureSession } from "../api/client";

let expired = false;
const listeners = new Set<() => void>();

function setExpired(value: boolean): void {
  if (expired === value) return;
  expired = value;
  listeners.forEach((listener) => listener());
}

configureSession({ onExpired: () => setExpired(true) });

/** The dialog asks to sign in again while this is true; the page below keeps what was typed. */
export function useSessionExpired(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => expired,
  );
}

export function markSignedIn(): void {
  setExpired(false);
}
