import { useAct } from "../ui/useAct";

/** What a change of contacts touches beside this page: cards and tasks show the address in use and the stop. */
const REFRESH = ["/contacts", "/borrowers", "/loans", "/tasks", "/outbox"] as const;

interface Options {
  done: string;
  onDone?: () => void;
  quiet?: boolean;
}

export function useChange<Input>(act: (input: Input) => Promise<unknown>, options: Options) {
  return useAct(act, { refresh: REFRESH, ...options });
}
