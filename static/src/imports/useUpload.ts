import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useSearchParams } from "react-router";
import { api } from "../api/client";
import type { ApiError } from "../api/errors";
import type { Upload } from "../api/types/imports";

/** First part of the key under which a file that waits is kept; the server forgets it when it was brought in. */
export const UPLOAD = "/upload";
const NAME = "file";

function keyOf(id: string): readonly string[] {
  return [UPLOAD, id];
}

/** The file that waits to be brought in. Its id stands in the address, so a reload or Back does not lose it. */
export function useUpload() {
  const [search, setSearch] = useSearchParams();
  const client = useQueryClient();
  const id = search.get(NAME);
  const { data, error } = useQuery<Upload, ApiError>({
    queryKey: keyOf(id ?? ""),
    queryFn: () => api.post<Upload>(`/imports/${id}/look`),
    enabled: id !== null,
    staleTime: Infinity,
    retry: false,
  });
  const keep = useCallback(
    (upload: Upload) => {
      client.setQueryData(keyOf(upload.upload_id), upload);
      setSearch({ [NAME]: upload.upload_id });
    },
    [client, setSearch],
  );
  const drop = useCallback(() => {
    setSearch({});
    if (id) client.removeQueries({ queryKey: keyOf(id) });
  }, [client, setSearch, id]);
  return { id, upload: id ? data : undefined, error: id ? error : null, keep, drop };
}
