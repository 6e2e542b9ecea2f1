import {
  IconActivityHeartbeat,
  IconCash,
  IconChecklist,
  IconClipboardList,
  IconFileImport,
  IconFileSearch,
  IconHelpCircle,
  IconHome,
  IconInbox,
  IconMessage,
  IconRadar2,
  IconRoute,
  IconSettings,
  IconShieldCheck,
  IconStack2,
  IconTags,
  IconWallet,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Right } from "../api/types";

export interface Place {
  key:
    | "home"
    | "scenarios"
    | "templates"
    | "review"
    | "tasks"
    | "loans"
    | "applications"
    | "products"
    | "incoming"
    | "buckets"
    | "monitoring"
    | "imports"
    | "outbox"
    | "policies"
    | "jobs"
    | "audit"
    | "engine"
    | "administration"
    | "help";
  to: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  /** Any of these opens it; none: everybody. */
  rights: readonly Right[];
  /** Pressed after `g`. */
  letter: string;
  /** A page of the server, not of this application. */
  outside?: boolean;
}

export interface PlaceGroup {
  key: "top" | "work" | "portfolio" | "outside" | "trust";
  places: readonly Place[];
}

/** Pages by people's work; what a person may not open is not shown to them. */
export const GROUPS: readonly PlaceGroup[] = [
  {
    key: "top",
    places: [
      { key: "home", to: "/", icon: IconHome, rights: [], letter: "h" },
      { key: "scenarios", to: "/scenarios", icon: IconRoute, rights: ["scenario.read"], letter: "s" },
      { key: "templates", to: "/templates", icon: IconMessage, rights: ["template.read"], letter: "x" },
      { key: "review", to: "/review", icon: IconShieldCheck, rights: ["scenario.read"], letter: "r" },
    ],
  },
  { key: "work", places: [{ key: "tasks", to: "/tasks", icon: IconChecklist, rights: ["task.read"], letter: "t" }] },
  {
    key: "portfolio",
    places: [
      { key: "loans", to: "/loans", icon: IconWallet, rights: ["loan.read"], letter: "l" },
      { key: "buckets", to: "/buckets", icon: IconStack2, rights: ["loan.all"], letter: "b" },
      { key: "applications", to: "/applications", icon: IconClipboardList, rights: ["application.read"], letter: "n" },
      { key: "monitoring", to: "/monitoring", icon: IconRadar2, rights: ["scenario.read"], letter: "w" },
      { key: "products", to: "/products", icon: IconTags, rights: ["product.read"], letter: "p" },
      { key: "incoming", to: "/incoming", icon: IconCash, rights: ["incoming.read"], letter: "m" },
      { key: "imports", to: "/imports", icon: IconFileImport, rights: ["import.read"], letter: "i" },
    ],
  },
  { key: "outside", places: [{ key: "outbox", to: "/outbox", icon: IconInbox, rights: ["outbox.read"], letter: "o" }] },
  {
    key: "trust",
    places: [
      { key: "policies", to: "/policies", icon: IconShieldCheck, rights: ["policy.read"], letter: "c" },
      { key: "audit", to: "/audit", icon: IconFileSearch, rights: ["audit.read"], letter: "a" },
      { key: "jobs", to: "/jobs", icon: IconStack2, rights: [], letter: "j" },
      { key: "engine", to: "/engine", icon: IconActivityHeartbeat, rights: ["engine.read"], letter: "e" },
      { key: "administration", to: "/users/list/", icon: IconSettings, rights: ["admin"], letter: "u", outside: true },
      { key: "help", to: "/help", icon: IconHelpCircle, rights: [], letter: "?" },
    ],
  },
];

export function mayOpen(place: Place, rights: readonly Right[]): boolean {
  return place.rights.length === 0 || place.rights.some((right) => rights.includes(right));
}

export function placesFor(rights: readonly Right[]): Place[] {
  return GROUPS.flatMap((group) => group.places).filter((place) => mayOpen(place, rights));
}

export function placeOf(key: Place["key"]): Place {
  const found = GROUPS.flatMap((group) => group.places).find((place) => place.key === key);
  if (!found) throw new Error(`no place ${key}`);
  return found;
}
