import { useLocation, useNavigate } from "react-router";
import { useGet } from "../api/client";
import type { ImportCard } from "../api/types/imports";
import { SidePanel } from "../ui/SidePanel";
import { ImportResult } from "./ImportResult";
import { useTexts } from "./texts";

/** One import of the history. */
export function ImportPanel({ importId }: { importId: number }) {
  const say = useTexts();
  const go = useNavigate();
  const { search } = useLocation();
  const { data } = useGet<ImportCard>(`/imports/${importId}`);
  return (
    <SidePanel title={data?.file_name ?? say("one")} label={say("one")} width={520} onClose={() => void go({ pathname: "/imports", search })}>
      <ImportResult key={importId} importId={importId} />
    </SidePanel>
  );
}
