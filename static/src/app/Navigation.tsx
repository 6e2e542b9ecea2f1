import { NavLink } from "react-router";
import { useGet } from "../api/client";
import type { Home } from "../api/types/home";
import { useFormat } from "../ui/useFormat";
import { useMe } from "./me";
import { GROUPS, mayOpen, type Place } from "./navigation";
import classes from "./Shell.module.css";
import { useAppTexts } from "./texts";

/** What waits for a decision, beside the page where it is decided. */
function useWaiting(): Partial<Record<Place["key"], number>> {
  const { data } = useGet<Home>("/home", { every: 30_000 });
  if (!data) return {};
  return { review: data.to_review, tasks: data.open_tasks, outbox: data.failed_messages };
}

function NavItem({ place, waiting, onGo }: { place: Place; waiting: number | undefined; onGo: () => void }) {
  const say = useAppTexts();
  const { number } = useFormat();
  const { icon: Icon } = place;
  const inside = (
    <>
      <Icon size={16} stroke={1.7} />
      <span className={classes.navTitle}>{say(`places.${place.key}`)}</span>
      {waiting ? <span className={classes.navCount}>{number(waiting)}</span> : null}
    </>
  );
  if (place.outside) {
    return (
      <a className={classes.nav} href={place.to}>
        {inside}
      </a>
    );
  }
  return (
    <NavLink className={classes.nav} to={place.to} end={place.to === "/"} onClick={onGo}>
      {inside}
    </NavLink>
  );
}

export function Navigation({ onGo = () => undefined }: { onGo?: () => void }) {
  const say = useAppTexts();
  const { rights } = useMe();
  const waiting = useWaiting();
  return (
    <nav className={classes.navigation} aria-label={say("navigation")}>
      {GROUPS.map((group) => {
        const places = group.places.filter((place) => mayOpen(place, rights));
        if (places.length === 0) return null;
        return (
          <div key={group.key} className={classes.navGroup} role="group" aria-label={say(`groups.${group.key}`)}>
            {group.key !== "top" && <div className={classes.navGroupTitle}>{say(`groups.${group.key}`)}</div>}
            {places.map((place) => (
              <NavItem key={place.key} place={place} waiting={waiting[place.key]} onGo={onGo} />
            ))}
          </div>
        );
      })}
    </nav>
  );
}
