import { ReactFlowProvider } from "@xyflow/react";
import { useParams } from "react-router";

import { useGet } from "../api/client";
import { ErrorState, CardSkeletons } from "../ui/states";
import type { Palette, Scenario, Version } from "./model";
import { Workspace } from "./page/Workspace";

/** A scenario's draft (`/scenarios/:id`), or one of its versions, read-only (`/versions/:versionId`). */
export default function BuilderPage() {
  const { id, versionId } = useParams();
  const palette = useGet<Palette>("/palette");
  const draft = useGet<Scenario>(`/scenarios/${id ?? ""}`, { enabled: id !== undefined, fresh: true });
  const version = useGet<Version>(`/versions/${versionId ?? ""}`, { enabled: versionId !== undefined });
  const error = palette.error ?? draft.error ?? version.error;
  // A draft from the cache may be older than the server's: edits on it would meet a conflict of their own making.
  const isFresh = id === undefined ? version.data !== undefined : draft.isFetchedAfterMount;
  if (!palette.data || !isFresh || (!draft.data && !version.data)) {
    return error ? <ErrorState error={error} retry={() => void Promise.all([draft.refetch(), palette.refetch()])} /> : <CardSkeletons cards={3} height={220} />;
  }
  const reload = () => void (id === undefined ? version.refetch() : draft.refetch());
  return (
    <ReactFlowProvider>
      <Workspace key={id === undefined ? `version ${versionId ?? ""}` : `draft ${id}`} palette={palette.data} draft={draft.data ?? null} version={version.data ?? null} reload={reload} />
    </ReactFlowProvider>
  );
}
