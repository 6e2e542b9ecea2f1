import { ActionIcon, Button, Menu, SegmentedControl, Select, Text } from "@mantine/core";
import { IconFilter, IconFlame, IconX } from "@tabler/icons-react";
import { useNavigate } from "react-router";

import { useGet } from "../../api/client";
import type { Heat, Lens, SliceName } from "./lens";
import { HEATS, PERIODS } from "./lens";
import type { VersionRow } from "../model";
import { usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./numbers.module.css";

interface Choice {
  readonly key: string;
  readonly title: string;
}

interface Slices {
  readonly arms: readonly (Choice & { readonly of: string; readonly holdout: boolean })[];
  readonly segments: readonly { readonly key: SliceName; readonly title: string; readonly values: readonly Choice[] }[];
}

/** More arms than this stand in a list instead of side by side. */
const SIDE_BY_SIDE = 4;

/** The version whose numbers are shown; each version is shown on its own drawing. */
function VersionSelect() {
  const { scenario, counted, draft } = usePlace();
  const say = useTexts();
  const go = useNavigate();
  const answer = useGet<{ items: VersionRow[] }>(`/scenarios/${scenario.id}/versions`);
  const published = (answer.data?.items ?? []).filter((row) => row.state === "published" || row.state === "retired");
  if (!counted || published.length < 2) return null;
  const open = (id: string) => {
    const search = window.location.search;
    void go(draft?.live_version && String(draft.live_version.id) === id ? `/scenarios/${scenario.id}${search}` : `/versions/${id}${search}`);
  };
  return (
    <Select
      size="xs"
      w={92}
      aria-label={say("lens.version")}
      allowDeselect={false}
      data={published.map((row) => ({ value: String(row.id), label: say("page.version", { number: row.number }) }))}
      value={String(counted.id)}
      onChange={(id) => id && open(id)}
    />
  );
}

function Arms({ lens, arms }: { lens: Lens; arms: Slices["arms"] }) {
  const say = useTexts();
  if (arms.length === 0) return null;
  const several = new Set(arms.map((arm) => arm.of).filter(Boolean)).size > 1;
  const data = [
    { value: "", label: say("lens.everybody") },
    ...arms.map((arm) => ({ value: arm.key, label: several && arm.of ? `${arm.of}: ${arm.title}` : arm.title })),
  ];
  const change = (value: string | null) => lens.change({ arm: value });
  const value = lens.slice.arm ?? "";
  // beside a chosen segment there is no room for them all
  const isCrowded = arms.length > SIDE_BY_SIDE || Object.keys(lens.slice).some((name) => name !== "arm");
  return isCrowded || several ? (
    <Select size="xs" w={several ? 190 : 140} aria-label={say("lens.arm")} allowDeselect={false} data={data} value={value} onChange={change} data-testid="lens-arm" />
  ) : (
    <SegmentedControl size="xs" aria-label={say("lens.arm")} data={data} value={value} onChange={change} data-testid="lens-arm" />
  );
}

function Segments({ lens, segments }: { lens: Lens; segments: Slices["segments"] }) {
  const say = useTexts();
  if (segments.length === 0) return null;
  const chosen = segments.filter(({ key }) => lens.slice[key]);
  const titles = chosen.map(({ key, values }) => values.find((value) => value.key === lens.slice[key])?.title ?? "");
  return (
    <>
      {chosen.length > 0 && (
        <Button
          size="compact-xs"
          maw={160}
          variant="light"
          rightSection={<IconX size={12} />}
          onClick={() => lens.change(Object.fromEntries(chosen.map(({ key }) => [key, null])))}
          title={`${titles.join(", ")}: ${say("lens.drop")}`}
          data-testid="lens-chosen"
        >
          {chosen.length === 1 ? titles[0] : say("lens.several", { count: chosen.length })}
        </Button>
      )}
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          {chosen.length > 0 ? (
            <ActionIcon variant="default" size={30} aria-label={say("lens.segment")} title={say("lens.segment")} data-testid="lens-segment">
              <IconFilter size={14} />
            </ActionIcon>
          ) : (
            <Button size="xs" variant="default" leftSection={<IconFilter size={13} />} data-testid="lens-segment">
              {say("lens.segment")}
            </Button>
          )}
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
          {segments.map(({ key, title, values }) => (
            <div key={key}>
              <Menu.Label>{title}</Menu.Label>
              {values.map((value) => (
                <Menu.Item key={value.key} fw={lens.slice[key] === value.key ? 650 : undefined} onClick={() => lens.change({ [key]: lens.slice[key] === value.key ? null : value.key })}>
                  {value.title}
                </Menu.Item>
              ))}
            </div>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

/** Whom and when the numbers are about, and what the colour of a step means. */
export function NumbersBar({ lens }: { lens: Lens }) {
  const { counted } = usePlace();
  const say = useTexts();
  const slices = useGet<Slices>(`/versions/${counted?.id ?? 0}/slices`, { enabled: counted !== null });
  return (
    <>
      <VersionSelect />
      <SegmentedControl
        size="xs"
        aria-label={say("page.period_label")}
        value={String(lens.days)}
        onChange={(value) => lens.change({ days: value === "30" ? null : value })}
        data={PERIODS.map((count) => ({ value: String(count), label: say("page.period", { count }) }))}
      />
      <Arms lens={lens} arms={slices.data?.arms ?? []} />
      <Segments lens={lens} segments={slices.data?.segments ?? []} />
      <Select
        size="xs"
        w={142}
        aria-label={say("page.heat")}
        leftSection={<IconFlame size={14} />}
        allowDeselect={false}
        data={HEATS.map((heat) => ({ value: heat, label: say(`heat.${heat}`) }))}
        value={lens.heat}
        onChange={(value) => lens.change({ heat: value === "none" ? null : value })}
        data-testid="lens-heat"
      />
    </>
  );
}

/** What the colour of the steps says; under the canvas while heat is on. */
export function HeatLegend({ heat }: { heat: Heat }) {
  const say = useTexts();
  if (heat === "none") return null;
  return (
    <div className={classes.legend} data-testid="heat-legend">
      <Text size="xs" c="dimmed">
        {say("heat.least")}
      </Text>
      <span className={classes.scale} aria-hidden />
      <Text size="xs" c="dimmed">
        {say("heat.most")} · {say(`heat.${heat}_hint`)}
      </Text>
    </div>
  );
}
