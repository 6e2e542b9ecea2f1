import { notifications } from "@mantine/notifications";
import { isExpired } from "../api/client";
import { ApiError } from "../api/errors";
import { i18next } from "../i18n/i18n";

/** Say that something was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: "teal", autoClose: 4000 });
}

/** Say why something was not done; the newest reason takes the place of the one before. */
export function notifyRefused(message: string): void {
  notifications.hide("refused");
  notifications.show({ id: "refused", message, color: "orange", autoClose: 6000 });
}

/** What an error means to a person, in their language. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError && error.isOffline) return i18next.t("error.offlineText", { ns: "ui" });
  const text = error instanceof Error ? error.message : "";
  const first = error instanceof ApiError ? error.problems[0]?.text : undefined;
  return [text || i18next.t("error.unknown", { ns: "ui" }), first].filter(Boolean).join(" ");
}

/** Say what went wrong; a lost session has its own dialog and says nothing here. */
export function notifyError(error: unknown): void {
  if (error instanceof ApiError && isExpired(error)) return;
  notifications.show({ title: i18next.t("error.title", { ns: "ui" }), message: errorText(error), color: "red", autoClose: 9000 });
}
