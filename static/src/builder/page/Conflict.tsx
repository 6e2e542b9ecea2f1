import { Button, Group, Modal, SimpleGrid, Text } from "@mantine/core";
import { useState } from "react";

import { api } from "../../api/client";
import { notifyError } from "../../ui/notify";
import { Instant } from "../../ui/Values";
import { differenceOf } from "../document/difference";
import type { ScenarioDocument } from "../document/types";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";

/** What one side did since both began from the same draft. */
function Side({ title, base, now }: { title: React.ReactNode; base: ScenarioDocument; now: ScenarioDocument }) {
  const say = useTexts();
  const difference = differenceOf(base, now);
  const name = (from: ScenarioDocument) => (id: string) => from.nodes.find((node) => node.id === id)?.data.label || id;
  const lines = [
    ...difference.added.map((id) => say("conflict.added", { name: name(now)(id) })),
    ...difference.changed.map((id) => say("conflict.changed", { name: name(now)(id) })),
    ...difference.removed.map((id) => say("conflict.removed", { name: name(base)(id) })),
    ...(difference.settings ? [say("conflict.settings")] : []),
  ];
  return (
    <section className={classes.conflictSide}>
      <strong>{title}</strong>
      <ul>
        {lines.length > 0 ? lines.slice(0, 12).map((line) => <li key={line}>{line}</li>) : <li>{say("conflict.moved")}</li>}
        {lines.length > 12 && <li>{say("conflict.more", { count: lines.length - 12 })}</li>}
      </ul>
    </section>
  );
}

/** Two people saved the same scenario: one decides which draft goes on, the other one becomes a scenario of its own. */
export function Conflict() {
  const { store, autosave, person } = usePlace();
  const say = useTexts();
  const save = useBuilder((state) => state.save);
  const mine = useBuilder((state) => state.document);
  const [isBusy, setBusy] = useState(false);
  if (save.kind !== "conflict" || !autosave) return null;
  const { theirs, base } = save;
  const author = theirs.by ?? "";
  const putAside = (document: ScenarioDocument, by: string) =>
    api.post("/scenarios", { name: say("conflict.copy", { name: document.name, by }).slice(0, 200), document });
  const settle = async (act: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await act();
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  };
  const keepMine = () =>
    settle(async () => {
      await putAside(theirs.document, author);
      await autosave.keepMine();
    });
  const takeTheirs = () =>
    settle(async () => {
      await putAside(mine, person);
      const document = autosave.takeTheirs();
      if (document) store.getState().load(document);
    });
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title={say("conflict.title")} size={620}>
      <Text size="sm" mb="sm">
        {say("conflict.text")}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Side title={say("conflict.yours")} base={base} now={mine} />
        <Side
          title={
            <>
              {author} {theirs.at && <Instant value={theirs.at} />}
            </>
          }
          base={base}
          now={theirs.document}
        />
      </SimpleGrid>
      <Group mt="md" justify="flex-end">
        <Button variant="default" loading={isBusy} onClick={() => void takeTheirs()}>
          {say("conflict.theirs")}
        </Button>
        <Button loading={isBusy} onClick={() => void keepMine()}>
          {say("conflict.mine")}
        </Button>
      </Group>
    </Modal>
  );
}
