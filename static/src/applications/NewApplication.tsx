import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useGet } from "../api/client";
import type { Page as PageOf } from "../api/types";
import type { BorrowerItem } from "../api/types/applications";
import type { BorrowerFacts } from "../api/types/loans";
import { useRight } from "../app/me";
import { BorrowerDialog } from "../borrowers/BorrowerDialog";
import { IssueDialog } from "../issue/IssueDialog";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import classes from "./Applications.module.css";
import { useTexts } from "./texts";

const MOST = 8;

/** Who asks: a borrower who is known, or one who is written down now; then what they ask for. */
export function NewApplication({ onClose }: { onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const mayEdit = useRight("borrower.edit");
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed.trim(), 250);
  const [chosen, setChosen] = useState<number | null>(null);
  const [isNew, setNew] = useState(false);
  const found = useGet<PageOf<BorrowerItem>>("/borrowers", { query: { q: asked, size: MOST }, enabled: asked.length > 1, keep: true });
  const borrower = useGet<BorrowerFacts>(`/borrowers/${chosen}`, { enabled: chosen !== null });
  const people = asked.length > 1 ? (found.data?.items ?? []) : [];
  if (chosen !== null && borrower.data) return <IssueDialog borrower={borrower.data} onClose={onClose} />;
  if (isNew) return <BorrowerDialog onClose={() => setNew(false)} onDone={(made) => setChosen(made.id)} />;
  return (
    <Modal opened onClose={onClose} title={say("new")} closeButtonProps={{ "aria-label": ui("close") }}>
      <div className={classes.panel}>
        <TextInput
          type="search"
          label={say("who")}
          description={say("whoHelp")}
          leftSection={<IconSearch size={15} />}
          value={typed}
          maxLength={200}
          data-autofocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {(found.error ?? borrower.error) && <ErrorState compact error={(found.error ?? borrower.error) as Error} />}
        {asked.length > 1 && found.data && people.length === 0 && <p className="ks-muted">{say("nobody")}</p>}
        <ul className={classes.people}>
          {people.map((one) => (
            <li key={one.id}>
              <button type="button" className={classes.person} onClick={() => setChosen(one.id)}>
                <strong>{one.name ?? one.external_id}</strong>
                <span className="ks-muted">{one.phone ?? "–"}</span>
                <span className="ks-muted">{one.external_id}</span>
                <span className="ks-muted">{say("loans", { count: one.loans_count })}</span>
              </button>
            </li>
          ))}
        </ul>
        <Group justify="space-between" gap="xs">
          {mayEdit ? (
            <Button variant="default" onClick={() => setNew(true)}>
              {say("newBorrower")}
            </Button>
          ) : (
            <span />
          )}
          <Button variant="default" onClick={onClose}>
            {ui("cancel")}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
