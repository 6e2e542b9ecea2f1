import type { MouseEvent } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useGet } from "../api/client";
import type { HelpPage as HelpText, HelpTopic } from "../api/types/help";
import { Page } from "../ui/Page";
import { CardSkeletons, EmptyState, ErrorState } from "../ui/states";
import { useFormat } from "../ui/useFormat";
import classes from "./Help.module.css";
import { useTexts } from "./texts";

/** Links within the help stay in the application. */
function useInnerLinks() {
  const go = useNavigate();
  return (event: MouseEvent) => {
    const link = (event.target as HTMLElement).closest("a");
    const to = link?.getAttribute("href");
    if (!to?.startsWith("/") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    void go(to);
  };
}

function Text({ slug }: { slug: string }) {
  const { language } = useFormat();
  const onLink = useInnerLinks();
  const { data, error, refetch } = useGet<HelpText>(`/help/${encodeURIComponent(slug)}`, { query: { lang: language } });
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <CardSkeletons cards={1} height={260} />;
  // The server renders its own help files; nothing a person typed is in them.
  return <article className={classes.text} onClick={onLink} dangerouslySetInnerHTML={{ __html: data.html }} />;
}

/** How things work here: the list of topics, and one of them. */
export default function HelpPage() {
  const say = useTexts();
  const { slug } = useParams();
  const { language } = useFormat();
  const { data: topics, error, refetch } = useGet<HelpTopic[]>("/help", { query: { lang: language } });
  const shown = slug ?? topics?.[0]?.slug;
  const title = topics?.find((one) => one.slug === slug)?.title;
  return (
    <Page title={say("title")} name={title ?? say("title")}>
      {error && !topics && <ErrorState error={error} retry={() => void refetch()} />}
      {topics?.length === 0 && <EmptyState title={say("empty")} />}
      <div className={classes.columns}>
        {topics && topics.length > 0 && (
          <nav className={classes.topics} aria-label={say("topics")}>
            {topics.map((topic) => (
              <Link key={topic.slug} to={`/help/${topic.slug}`} aria-current={topic.slug === shown ? "page" : undefined}>
                {topic.title}
              </Link>
            ))}
          </nav>
        )}
        {shown && <Text slug={shown} />}
      </div>
    </Page>
  );
}
