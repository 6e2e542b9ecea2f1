import { Loader, Modal } from "@mantine/core";
import { lazy, Suspense } from "react";

import { lastingly } from "../../ui/settled";
import { useBuilder, usePlace } from "../state/context";
import { LATER } from "../state/later";
import { useTexts } from "../texts";

const Settling = lazy(lastingly(LATER.settling));

/** Stands over the builder until a person has decided what becomes of two drafts. */
export function Conflict() {
  const { autosave } = usePlace();
  const say = useTexts();
  const save = useBuilder((state) => state.save);
  if (save.kind !== "conflict" || !autosave) return null;
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title={say("conflict.title")} size={980}>
      <Suspense fallback={<Loader size="sm" />}>
        <Settling theirs={save.theirs} base={save.base} />
      </Suspense>
    </Modal>
  );
}
