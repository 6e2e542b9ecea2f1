import { ActionIcon, Burger, Drawer } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense, useEffect } from "react";
import { Link, Outlet, useLocation, useNavigate } from "react-router";
import { JobToasts } from "../jobs/JobToasts";
import { CardSkeletons } from "../ui/states";
import { useKeys } from "../ui/useKeys";
import { CrashBoundary } from "./CrashBoundary";
import { KeysDialog } from "./KeysDialog";
import { Logo } from "./Logo";
import { useMe } from "./me";
import { Navigation } from "./Navigation";
import { placesFor } from "./navigation";
import { Notices } from "./Notices";
import { OfflineBanner } from "./OfflineBanner";
import { ProfileMenu } from "./ProfileMenu";
import classes from "./Shell.module.css";
import { useAppTexts } from "./texts";

const loadPalette = () => import("./Palette");
/** Comes after the page: nobody looks for anything before there is one. Without a network there is none. */
const Palette = lazy(() => loadPalette().catch(() => ({ default: () => <></> })));
const openPalette = () => void loadPalette().then((palette) => palette.openPalette());

function SearchButton() {
  const say = useAppTexts();
  return (
    <button type="button" className={classes.search} onClick={openPalette}>
      <IconSearch size={15} aria-hidden="true" />
      <span>{say("palette.open")}</span>
      <kbd>Ctrl K</kbd>
    </button>
  );
}

function useShellKeys(showKeys: () => void): void {
  const say = useAppTexts();
  const go = useNavigate();
  const { rights } = useMe();
  useKeys([
    { keys: "mod+k", title: say("palette.open"), run: openPalette, global: true },
    { keys: "?", title: say("keys.title"), run: showKeys, global: true },
    ...placesFor(rights)
      .filter((place) => place.letter !== "?")
      .map((place) => ({
        keys: `g ${place.letter}`,
        title: say(`places.${place.key}`),
        global: true,
        run: () => (place.outside ? window.location.assign(place.to) : void go(place.to)),
      })),
  ]);
}

function Aside({ onGo, onKeys }: { onGo?: () => void; onKeys: () => void }) {
  const say = useAppTexts();
  const { settings } = useMe();
  return (
    <>
      <Link to="/" className={classes.brand} {...(onGo && { onClick: onGo })}>
        <Logo /> {say("brand")}
        {settings.demo && <span className={classes.demo}>{say("demo")}</span>}
      </Link>
      <SearchButton />
      <Navigation {...(onGo && { onGo })} />
      <ProfileMenu onKeys={onKeys} />
    </>
  );
}

/** Navigation, the page, and what lies over every page. */
export function Shell() {
  const say = useAppTexts();
  const { pathname } = useLocation();
  const [isMenuOpen, menu] = useDisclosure(false);
  const [areKeysOpen, keys] = useDisclosure(false);
  const isNarrow = useMediaQuery("(max-width: 860px)", window.innerWidth <= 860);
  useShellKeys(keys.open);
  const closeMenu = menu.close;
  useEffect(closeMenu, [pathname, closeMenu]);

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {say("skip")}
      </a>
      {isNarrow ? (
        <div className={`${classes.top} ks-no-print`} role="region" aria-label={say("brand")}>
          <Burger size="sm" opened={isMenuOpen} onClick={menu.toggle} aria-label={say("navigation")} />
          <Link to="/" className={classes.brand}>
            <Logo /> {say("brand")}
          </Link>
          <ActionIcon aria-label={say("palette.open")} onClick={openPalette}>
            <IconSearch size={17} />
          </ActionIcon>
          <Drawer opened={isMenuOpen} onClose={menu.close} size={268} padding={0} withCloseButton={false} attributes={{ content: { "aria-label": say("navigation") } }}>
            <div className={classes.drawer}>
              <Aside onGo={menu.close} onKeys={keys.open} />
            </div>
          </Drawer>
        </div>
      ) : (
        <div className={`${classes.aside} ks-no-print`} role="region" aria-label={say("brand")}>
          <Aside onKeys={keys.open} />
        </div>
      )}
      <div className={classes.main}>
        <OfflineBanner />
        <Notices />
        <CrashBoundary key={pathname}>
          <Suspense fallback={<div className={classes.loading}><CardSkeletons /></div>}>
            <Outlet />
          </Suspense>
        </CrashBoundary>
      </div>
      <JobToasts />
      <Suspense fallback={null}>
        <Palette />
      </Suspense>
      <KeysDialog opened={areKeysOpen} onClose={keys.close} />
    </div>
  );
}
