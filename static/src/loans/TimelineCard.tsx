import { Button } from "@mantine/core";
import {
  IconBolt,
  IconCalendar,
  IconCash,
  IconCircle,
  IconFlag,
  IconGift,
  IconHeadset,
  IconMessage,
  IconRoute,
} from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import type { Timeline, TimelineItem } from "../api/types/loans";
import { Card } from "../ui/Page";
import { EmptyState, ErrorState, RowSkeletons } from "../ui/states";
import { Instant, Money } from "../ui/Values";
import classes from "./Loan.module.css";
import { useTexts } from "./texts";

const ICONS = {
  cash: IconCash,
  bolt: IconBolt,
  message: IconMessage,
  headset: IconHeadset,
  route: IconRoute,
  flag: IconFlag,
  gift: IconGift,
  calendar: IconCalendar,
};

function Item({ item }: { item: TimelineItem }) {
  const Icon = ICONS[item.icon as keyof typeof ICONS] ?? IconCircle;
  return (
    <li className={classes.event}>
      <span className={classes.eventIcon} data-kind={item.kind} aria-hidden="true">
        <Icon size={14} stroke={1.8} />
      </span>
      <div className={classes.eventBody}>
        <div className={classes.eventHead}>
          <span className={classes.eventTitle}>{item.title}</span>
          {item.amount !== null && item.amount !== undefined && (
            <strong>
              <Money value={item.amount} full />
            </strong>
          )}
        </div>
        {item.text && <div className={classes.eventText}>{item.text}</div>}
        <div className="ks-muted">
          <Instant value={item.at} />
        </div>
      </div>
    </li>
  );
}

interface Props {
  /** Where the pages of it come from. */
  path: string;
  title: string;
  empty: string;
  emptyText: string;
}

/** Everything that happened, newest first. */
export function TimelineCard({ path, title, empty, emptyText }: Props) {
  const say = useTexts();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [path],
    queryFn: ({ pageParam, signal }) => api.get<Timeline>(path, { before: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    refetchInterval: 30_000,
  });
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <Card title={title}>
      {error && !items && <ErrorState compact error={error} retry={() => void refetch()} />}
      {!items && !error && <RowSkeletons rows={6} />}
      {items?.length === 0 && (
        <EmptyState compact title={empty}>
          <p>{emptyText}</p>
        </EmptyState>
      )}
      <ol className={classes.timeline}>
        {items?.map((item, index) => (
          <Item key={`${item.at} ${item.kind} ${index}`} item={item} />
        ))}
      </ol>
      {hasNextPage && (
        <Button variant="default" fullWidth loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {say("timeline.more")}
        </Button>
      )}
    </Card>
  );
}
