import { MantineProvider, mergeThemeOverrides } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, useMemo } from "react";
import { BrowserRouter } from "react-router";
import { ApiError } from "../api/errors";
import { lastingly, WhenSettled } from "../ui/settled";
import { useUiTexts } from "../ui/texts";
import { cssVariables, theme } from "../ui/theme";
import { MeProvider } from "./me";
import { pageNonce } from "./nonce";
import { Pages } from "./routes";
import { SessionDialog } from "./SessionDialog";

function isWorthRetrying(failures: number, error: Error): boolean {
  const isRefusal = error instanceof ApiError && error.status >= 400 && error.status < 500;
  return !isRefusal && failures < 2;
}

const client = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, retry: isWorthRetrying, refetchOnWindowFocus: true, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});

const Toasts = lazy(lastingly(() => import("./Toasts")));

/** The theme, with the words that its components say by themselves. */
function useSpokenTheme() {
  const say = useUiTexts();
  return useMemo(() => mergeThemeOverrides(theme, { components: { Modal: { defaultProps: { closeButtonProps: { "aria-label": say("close") } } } } }), [say]);
}

export function App() {
  return (
    <MantineProvider theme={useSpokenTheme()} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={pageNonce}>
      <QueryClientProvider client={client}>
        <ModalsProvider>
          <MeProvider>
            <BrowserRouter>
              <Pages />
            </BrowserRouter>
          </MeProvider>
          <SessionDialog />
        </ModalsProvider>
        <WhenSettled>
          <Toasts />
        </WhenSettled>
      </QueryClientProvider>
    </MantineProvider>
  );
}
