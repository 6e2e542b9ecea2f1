import { useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, configureSession, useGet } from "../api/client";
import type { Language, Me, Right, ThemeChoice } from "../api/types";
import { changeLanguage, i18next } from "../i18n/i18n";
import { setTimeZone } from "../ui/format";
import { notifyError } from "../ui/notify";
import { ErrorState } from "../ui/states";
import { ShellSkeleton } from "./ShellSkeleton";

const MeContext = createContext<Me | null>(null);

/** The person who is signed in. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error("useMe needs MeProvider above it");
  return me;
}

export function useRight(right: Right): boolean {
  return useMe().rights.includes(right);
}

/** Keep a choice of the person, here and on the server. */
export function useChoices() {
  const client = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const keep = useCallback(
    async (part: { language?: Language; theme?: ThemeChoice }) => {
      try {
        client.setQueryData(["/me", {}], await api.put<Me>("/me", part));
      } catch (error) {
        notifyError(error);
      }
    },
    [client],
  );
  const chooseLanguage = useCallback(
    async (language: Language) => {
      await changeLanguage(language);
      // The server answers in the language that it knows: tell it before anything is asked again.
      await keep({ language });
      await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "/me" });
    },
    [client, keep],
  );
  const chooseTheme = useCallback(
    (theme: ThemeChoice) => {
      setColorScheme(theme);
      void keep({ theme });
    },
    [setColorScheme, keep],
  );
  return { chooseLanguage, chooseTheme };
}

function signIn(): void {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/login/?next=${encodeURIComponent(here)}`);
}

/** Asks who is here before anything is drawn; whoever is nobody is sent to sign in. */
export function MeProvider({ children }: { children: ReactNode }) {
  const { data: me, error, refetch } = useGet<Me>("/me");
  const { setColorScheme } = useMantineColorScheme();
  const isNobody = !me && error?.status === 401;
  if (me) {
    configureSession({ csrf: me.csrf });
    setTimeZone(me.settings.time_zone);
  }
  useEffect(() => {
    if (isNobody) signIn();
  }, [isNobody]);
  const language = me?.user.language;
  const { i18n } = useTranslation();
  const isSpeaking = !language || i18n.language === language;
  const [isReady, setReady] = useState(false);
  if (me && isSpeaking && !isReady) setReady(true);
  useEffect(() => {
    if (language && language !== i18next.language) void changeLanguage(language);
  }, [language]);
  const colours = me?.user.theme;
  useEffect(() => {
    if (colours) setColorScheme(colours);
  }, [colours, setColorScheme]);
  // Nothing is asked from the server before it is known in which language.
  if (me && isReady) return <MeContext value={me}>{children}</MeContext>;
  if (error && !isNobody) return <ErrorState error={error} retry={() => void refetch()} />;
  return <ShellSkeleton />;
}
