import { Button } from "@mantine/core";
import { Link } from "react-router";
import type { AuditEntry } from "../api/types/audit";
import { Facts } from "../ui/Facts";
import { SidePanel } from "../ui/SidePanel";
import { useFormat } from "../ui/useFormat";
import classes from "./Audit.module.css";
import { lines } from "./details";
import { named } from "./named";
import { useTexts } from "./texts";

const PAGES: Readonly<Record<string, string>> = {
  scenario: "/scenarios/",
  version: "/versions/",
  loan: "/loans/",
  task: "/tasks?task=",
  message: "/outbox?message=",
  import: "/imports/",
  template: "/templates/",
};

interface Props {
  entry: AuditEntry;
  onClose: () => void;
  onSubject: (id: string) => void;
}

/** One entry in full, with the way to the thing itself and to everything else that happened to it. */
export function EntryPanel({ entry, onClose, onSubject }: Props) {
  const say = useTexts();
  const { instantFull, language } = useFormat();
  const page = PAGES[entry.subject_type];
  const { subject_id: subject } = entry;
  const found = lines(entry.details, named(say));
  const short = found.filter((line) => !line.isLong);
  const long = found.filter((line) => line.isLong);
  return (
    <SidePanel
      title={say.known(`actions.${entry.action.replace(".", "_")}`, entry.action)}
      label={say("one")}
      onClose={onClose}
    >
      <div className={classes.panel} lang={language}>
        <Facts
          facts={[
            { title: say("columns.at"), value: instantFull(entry.at) },
            { title: say("columns.actor"), value: say.known(`actors.${entry.actor}`, entry.actor) },
            { title: say("columns.action"), value: <code>{entry.action}</code> },
            {
              title: say("columns.subject"),
              value: (
                <>
                  {say.known(`subjects.${entry.subject_type}`, entry.subject_type)}{" "}
                  {page && subject ? <Link to={page + subject}>{subject}</Link> : subject}
                </>
              ),
            },
            { title: say("number"), value: entry.id },
            ...short.map((line) => ({ title: line.name, value: line.value })),
          ]}
        />
        {subject && (
          <Button variant="default" size="compact-sm" onClick={() => onSubject(subject)}>
            {say("sameSubject")}
          </Button>
        )}
        {long.map((line) => (
          <div key={line.name}>
            <div className="ks-muted">{line.name}</div>
            <pre className={classes.value}>{line.value}</pre>
          </div>
        ))}
      </div>
    </SidePanel>
  );
}
