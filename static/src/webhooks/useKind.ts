import { useTexts } from "./texts";

/** What a kind of news is called. */
export function useKind(): (kind: string) => string {
  const say = useTexts();
  return (kind) => say.known(`kinds.${kind.replace(".", "_")}`, kind);
}
