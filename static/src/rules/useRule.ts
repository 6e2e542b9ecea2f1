import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { RuleGroupType } from "react-querybuilder";

import { api, useGet } from "../api/client";
import { isComplete, type RuleField } from "./rule";

export interface RuleCount {
  readonly loans: number;
  readonly borrowers: number;
  readonly overdue: number;
  readonly words: string;
}

const PAUSE = 400;

export function useFields(enabled: boolean, path = "/fields") {
  return useGet<{ fields: RuleField[] }>(path, { enabled });
}

/** The rule in words, in the reader's language. */
export function useWords(rule: RuleGroupType | null) {
  const language = useTranslation().i18n.language;
  const [asked] = useDebouncedValue(rule, PAUSE);
  return useQuery({
    queryKey: ["/rules/words", language, asked],
    queryFn: () => api.post<{ words: string }>("/rules/words", { rule: asked }),
    enabled: asked !== null && asked.rules.length > 0 && isComplete(asked),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });
}

/** How many loans match now; asked again when the rule has been left alone for a moment. */
export function useCount(rule: RuleGroupType | null) {
  const [asked] = useDebouncedValue(rule, PAUSE);
  return useQuery({
    queryKey: ["/rules/count", asked],
    queryFn: () => api.post<RuleCount>("/rules/count", { rule: asked }),
    enabled: asked !== null && isComplete(asked),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  });
}
