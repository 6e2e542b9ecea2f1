import { ActionIcon, Menu } from "@mantine/core";
import {
  IconArchive,
  IconCopy,
  IconDotsVertical,
  IconDownload,
  IconHistory,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
} from "@tabler/icons-react";
import { api, apiUrl } from "../api/client";
import type { ScenarioListItem } from "../api/types/scenarios";
import { useMe } from "../app/me";
import { ask, confirm } from "../ui/confirm";
import { useAct } from "../ui/useAct";
import { useTexts } from "./texts";

interface Props {
  scenario: ScenarioListItem;
  onVersions: () => void;
  onCopy: () => void;
}

type Act = "pause" | "resume" | "archive" | "delete";

function useStateActs(scenario: ScenarioListItem) {
  const say = useTexts();
  const { name } = scenario;
  const act = useAct(
    ({ what, reason }: { what: Act; reason?: string }) =>
      what === "delete" ? api.delete(`/scenarios/${scenario.id}`) : api.post(`/scenarios/${scenario.id}/${what}`, reason ? { reason } : {}),
    { refresh: ["/scenarios", "/home"] },
  );
  return {
    pause: async () => {
      const reason = await ask({
        title: say("pause.title", { name }),
        text: say("pause.text", { count: scenario.active_cases }),
        label: say("pause.reason"),
        action: say("pause.action"),
        required: true,
      });
      if (reason) act.mutate({ what: "pause", reason });
    },
    resume: async () => {
      const isSure = await confirm({ title: say("resume.title", { name }), text: say("resume.text"), action: say("resume.action") });
      if (isSure) act.mutate({ what: "resume" });
    },
    archive: async () => {
      const text = say("archive.text", { count: scenario.active_cases });
      const isSure = await confirm({ title: say("archive.title", { name }), text, action: say("archive.action"), danger: true });
      if (isSure) act.mutate({ what: "archive" });
    },
    remove: async () => {
      const isSure = await confirm({ title: say("delete.title", { name }), text: say("delete.text"), action: say("delete.action"), danger: true });
      if (isSure) act.mutate({ what: "delete" });
    },
  };
}

/** What can be done with a scenario from the list. */
export function ScenarioActions({ scenario, onVersions, onCopy }: Props) {
  const say = useTexts();
  const { rights } = useMe();
  const acts = useStateActs(scenario);
  const mayEdit = rights.includes("scenario.edit");
  const mayPause = rights.includes("scenario.pause");
  const isNew = scenario.state === "draft" && !scenario.live_version && !scenario.submitted_version;
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon aria-label={say("actionsOf", { name: scenario.name })}>
          <IconDotsVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconHistory size={15} />} onClick={onVersions}>
          {say("versions.title")}
        </Menu.Item>
        {mayEdit && (
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={onCopy}>
            {say("copy.action")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconDownload size={15} />} component="a" href={apiUrl(`/scenarios/${scenario.id}/export`)} download>
          {say("export")}
        </Menu.Item>
        {mayPause && scenario.state === "live" && (
          <Menu.Item leftSection={<IconPlayerPause size={15} />} onClick={() => void acts.pause()}>
            {say("pause.action")}
          </Menu.Item>
        )}
        {mayPause && scenario.state === "paused" && (
          <Menu.Item leftSection={<IconPlayerPlay size={15} />} onClick={() => void acts.resume()}>
            {say("resume.action")}
          </Menu.Item>
        )}
        {mayPause && scenario.state !== "archived" && !isNew && (
          <Menu.Item leftSection={<IconArchive size={15} />} onClick={() => void acts.archive()}>
            {say("archive.action")}
          </Menu.Item>
        )}
        {mayEdit && isNew && (
          <Menu.Item color="var(--ks-bad)" leftSection={<IconTrash size={15} />} onClick={() => void acts.remove()}>
            {say("delete.action")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
