import { Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { Link } from "react-router";
import { useGet } from "../api/client";
import type { Version } from "../api/types/scenarios";
import { useMe } from "../app/me";
import { Facts } from "../ui/Facts";
import { SidePanel } from "../ui/SidePanel";
import { StateBadge } from "../ui/StateBadge";
import { CardSkeletons, ErrorState } from "../ui/states";
import { Dot } from "../ui/Tone";
import { Instant } from "../ui/Values";
import { changesOf } from "./changes";
import classes from "./Review.module.css";
import { ReviewForm } from "./ReviewForm";
import { SentMessages } from "./SentMessages";
import { useTexts } from "./texts";

function Changes({ version }: { version: Version }) {
  const say = useTexts();
  const previous = useGet<Version>(`/versions/${version.previous?.id}`, { enabled: Boolean(version.previous) });
  if (!version.previous) return <p className="ks-muted">{say("changes.first")}</p>;
  if (!previous.data) return null;
  const changes = changesOf(previous.data.document, version.document);
  if (changes.length === 0) return <p className="ks-muted">{say("changes.none")}</p>;
  return (
    <ul className={classes.changes}>
      {changes.map((change) => (
        <li key={`${change.kind} ${change.what}`}>
          {say(`changes.${change.kind}`)} <strong>{change.what || say(`changes.${change.of}`)}</strong>
        </li>
      ))}
    </ul>
  );
}

function Problems({ version }: { version: Version }) {
  const say = useTexts();
  const { problems } = version.analysis;
  if (problems.length === 0) return <p className={classes.good}>{say("noProblems")}</p>;
  return (
    <ul className={classes.changes}>
      {problems.map((problem, index) => (
        <li key={index}>
          <Dot tone={problem.severity === "warning" ? "warn" : "bad"} /> {problem.text}
        </li>
      ))}
    </ul>
  );
}

function Body({ version }: { version: Version }) {
  const say = useTexts();
  const me = useMe();
  const isOwn = version.submitted_by === me.user.name;
  const mayReview = me.rights.includes("scenario.review") && version.state === "submitted";
  return (
    <>
      <Button component={Link} to={`/versions/${version.id}`} fullWidth variant="light" leftSection={<IconExternalLink size={15} />}>
        {say("open")}
      </Button>
      <Facts
        facts={[
          { title: say("state"), value: <StateBadge of="version" state={version.state} /> },
          { title: say("columns.author"), value: version.submitted_by },
          { title: say("columns.at"), value: <Instant value={version.submitted_at} /> },
          { title: say("steps"), value: version.document.nodes.length },
          { title: say("columns.hash"), value: <code className={classes.hash}>{version.content_hash}</code> },
        ]}
      />
      {version.comment && <blockquote className={classes.comment}>{version.comment}</blockquote>}
      <h3>{version.previous ? say("changes.title", { number: version.previous.number }) : say("changes.titleFirst")}</h3>
      <Changes version={version} />
      <SentMessages versionId={version.id} />
      <h3>{say("problems")}</h3>
      <Problems version={version} />
      {mayReview && isOwn && <p className={classes.own}>{say("own")}</p>}
      {mayReview && !isOwn && <ReviewForm version={version} />}
    </>
  );
}

/** What compliance decides on: who, what changed, bound to which content. */
export function ReviewPanel({ versionId, onClose }: { versionId: number; onClose: () => void }) {
  const say = useTexts();
  const { data: version, error, refetch } = useGet<Version>(`/versions/${versionId}`);
  const title = version ? `${version.scenario.name}, ${say("version", { number: version.number })}` : say("title");
  return (
    <SidePanel title={title} label={say("title")} onClose={onClose} width={430}>
      <div className={classes.panel}>
        {error && !version && <ErrorState compact error={error} retry={() => void refetch()} />}
        {!version && !error && <CardSkeletons cards={2} />}
        {version && <Body version={version} />}
      </div>
    </SidePanel>
  );
}
