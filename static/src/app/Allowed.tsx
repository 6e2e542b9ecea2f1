import type { ReactNode } from "react";
import type { Right } from "../api/types";
import { NoRight } from "../ui/states";
import { useMe } from "./me";

/** The page for those who hold one of the rights; for the others, whom to ask. */
export function Allowed({ rights, children }: { rights: readonly Right[]; children: ReactNode }) {
  const me = useMe();
  const isAllowed = rights.length === 0 || rights.some((right) => me.rights.includes(right));
  return isAllowed ? children : <NoRight />;
}
