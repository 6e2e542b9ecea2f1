import type { ReactNode } from "react";
import { Page } from "../ui/Page";
import { NoRight } from "../ui/states";
import { useMe } from "./me";
import { mayOpen, type Place } from "./navigation";
import { useAppTexts } from "./texts";

/** The page for those who may open its place; for the others, whom to ask. */
export function Allowed({ place, children }: { place: Place; children: ReactNode }) {
  const say = useAppTexts();
  const me = useMe();
  if (mayOpen(place, me.rights)) return children;
  return (
    <Page title={say(`places.${place.key}`)}>
      <NoRight />
    </Page>
  );
}
