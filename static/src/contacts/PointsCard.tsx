import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "../api/client";
import type { ContactCard, ContactPoint } from "../api/types/contacts";
import { useRight } from "../app/me";
import { Card } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { Label } from "../ui/Tone";
import { useFormat } from "../ui/useFormat";
import classes from "./Contacts.module.css";
import { PointDialog } from "./PointDialog";
import { useTexts } from "./texts";
import { useChange } from "./useChange";

function Acts({ card, point }: { card: ContactCard; point: ContactPoint }) {
  const say = useTexts();
  const act = useChange((name: "use" | "verify" | "close") => api.post(`/contacts/${card.id}/points/${point.id}/${name}`), { done: say("points.saved") });
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size="sm" loading={act.isPending} aria-label={say("points.acts", { value: point.value ?? "" })}>
          <IconDots size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {!point.in_use && point.third_party_id === null && <Menu.Item onClick={() => act.mutate("use")}>{say("points.use")}</Menu.Item>}
        {!point.verified_at && <Menu.Item onClick={() => act.mutate("verify")}>{say("points.verify")}</Menu.Item>}
        <Menu.Item onClick={() => act.mutate("close")}>{say("points.close")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Line({ card, point, mayEdit }: { card: ContactCard; point: ContactPoint; mayEdit: boolean }) {
  const say = useTexts();
  const { day, dayFull, instantFull, language } = useFormat();
  const owner = card.third_parties.find((one) => one.id === point.third_party_id);
  const isEnded = point.valid_to !== null;
  return (
    <li className={classes.line} data-ended={isEnded || undefined}>
      <div className={classes.what}>
        <strong className={classes.value}>{point.value ?? "–"}</strong>
        <span className={classes.small}>
          {say.known(`points.kinds.${point.kind}`, point.kind)}
          {owner && ` · ${owner.name ?? say("hidden")} (${owner.relation})`} · {say.known(`points.sources.${point.source}`, point.source)}
          {point.valid_from && ` · ${say("points.from").toLowerCase()} ${day(point.valid_from)}`}
        </span>
      </div>
      <div className={classes.labels}>
        {point.in_use && <Label tone="accent">{say("points.inUse")}</Label>}
        {point.verified_at && (
          <Label tone="good" title={`${say("points.verifiedBy", { by: point.verified_by ?? "–" })}, ${instantFull(point.verified_at)}`}>
            {say("points.verified")}
          </Label>
        )}
        {point.country && <Label tone="warn">{say("points.foreign", { country: countryName(point.country, language) })}</Label>}
        {!point.given_out && <Label tone="warn">{say("points.nobody")}</Label>}
        {point.end_reason === "dead" && <Label tone="bad">{say("points.dead")}</Label>}
        {point.valid_to && <Label title={dayFull(point.valid_to)}>{say("points.ended", { day: day(point.valid_to) })}</Label>}
      </div>
      {mayEdit && !isEnded && <Acts card={card} point={point} />}
    </li>
  );
}

function countryName(code: string, language: string): string {
  return new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code;
}

/** Every address that is known: which is in use, which is verified, which has ended. */
export function PointsCard({ card }: { card: ContactCard }) {
  const say = useTexts();
  const mayEdit = useRight("contact.edit");
  const [isOpen, setOpen] = useState(false);
  return (
    <Card
      title={say("points.title")}
      aside={
        mayEdit && (
          <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
            {say("points.add")}
          </Button>
        )
      }
    >
      {card.points.length === 0 ? (
        <EmptyState compact title={say("points.empty")}>
          <p>{say("points.emptyText")}</p>
        </EmptyState>
      ) : (
        <ul className={classes.lines}>
          {card.points.map((point) => (
            <Line key={point.id} card={card} point={point} mayEdit={mayEdit} />
          ))}
        </ul>
      )}
      {isOpen && <PointDialog card={card} onClose={() => setOpen(false)} />}
    </Card>
  );
}
