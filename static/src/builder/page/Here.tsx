import { Avatar, Tooltip } from "@mantine/core";

import type { Colleague } from "../saving/presence";
import { useBuilder, usePlace } from "../state/context";
import { nodesById } from "../state/derived";
import { useTexts } from "../texts";

const SHOWN = 3;

export function initials(name: string): string {
  const words = name.replace(/[^\p{L}\s]/gu, "").trim().split(/\s+/);
  return `${words[0]?.[0] ?? ""}${words[1]?.[0] ?? ""}`.toLocaleUpperCase();
}

/** Who else has this scenario open now, and at which step. */
export function Here() {
  const { person } = usePlace();
  const say = useTexts();
  const others = useBuilder((state) => state.others);
  const nodes = useBuilder((state) => state.document.nodes);
  if (others.length === 0) return null;
  const words = (other: Colleague) => {
    const name = other.person === person ? say("here.own_tab") : other.full_name;
    const label = other.node ? nodesById(nodes).get(other.node)?.data.label : undefined;
    return [name, label && say("here.at", { name: label }), other.editing && say("here.editing")].filter(Boolean).join(" · ");
  };
  return (
    <Tooltip label={others.map((other) => <div key={other.tab}>{words(other)}</div>)} multiline withArrow>
      <span data-testid="here" style={{ display: "inline-flex", alignItems: "center", gap: 6 }}>
        <Avatar.Group spacing={8} aria-hidden>
          {others.slice(0, SHOWN).map((other) => (
            <Avatar key={other.tab} size={24} radius="xl" color={other.editing ? "orange" : "gray"}>
              {initials(other.full_name)}
            </Avatar>
          ))}
        </Avatar.Group>
        <span className="ks-muted" role="status" aria-label={others.map(words).join("; ")} style={{ fontSize: 12, whiteSpace: "nowrap" }}>
          {say("here.others", { count: others.length })}
        </span>
      </span>
    </Tooltip>
  );
}
