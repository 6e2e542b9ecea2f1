import { Button, Group, Modal, Text } from "@mantine/core";

import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import { download } from "./download";

/** Two people saved the same scenario: one of them decides, and neither draft is lost. */
export function Conflict() {
  const { store, autosave } = usePlace();
  const say = useTexts();
  const save = useBuilder((state) => state.save);
  if (save.kind !== "conflict" || !autosave) return null;
  const { theirs } = save;
  const take = () => {
    const document = autosave.takeTheirs();
    if (document) store.getState().load(document);
  };
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title={say("conflict.title")}>
      <Text size="sm">{say("conflict.text", { by: theirs.by ?? "?", revision: theirs.revision })}</Text>
      <Group mt="md">
        <Button onClick={() => void autosave.keepMine()}>{say("conflict.mine")}</Button>
        <Button variant="default" onClick={take}>
          {say("conflict.theirs")}
        </Button>
        <Button variant="subtle" onClick={() => download(store.getState().document)}>
          {say("conflict.download")}
        </Button>
      </Group>
    </Modal>
  );
}
