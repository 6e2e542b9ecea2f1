import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyError } from "./notify";

interface Options<Result> {
  /** First parts of the query keys to ask again afterwards; everything when left out. */
  refresh?: readonly string[];
  done?: string | ((result: Result) => string);
  onDone?: (result: Result) => void;
  /** The form shows the error itself. */
  quiet?: boolean;
}

/** Something a person does to the server: says that it was done or why not, and refreshes what it changed. */
export function useAct<Input, Result>(act: (input: Input) => Promise<Result>, options: Options<Result> = {}) {
  const client = useQueryClient();
  return useMutation<Result, Error, Input>({
    mutationFn: act,
    onSuccess: (result) => {
      if (options.done) notifyDone(typeof options.done === "function" ? options.done(result) : options.done);
      options.onDone?.(result);
      const isTouched = (key: string) => !options.refresh || options.refresh.some((part) => key.startsWith(part));
      return client.invalidateQueries({ predicate: (query) => isTouched(String(query.queryKey[0])) });
    },
    onError: (error) => {
      if (!options.quiet) notifyError(error);
    },
  });
}
