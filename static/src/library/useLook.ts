import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import type { Look } from "../api/types/library";
import { type Draft, textsOf } from "./model";

const PAUSE = 350;

/** What the server says of the texts, a moment after the last key: problems, how they read, how long they are. */
export function useLook(draft: Draft, loan: number | null) {
  const [asked] = useDebouncedValue(JSON.stringify({ channel: draft.channel, texts: textsOf(draft), loan_id: loan }), PAUSE);
  return useQuery({
    queryKey: ["/message-templates/look", asked],
    queryFn: () => api.post<Look>("/message-templates/look", JSON.parse(asked)),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
}
