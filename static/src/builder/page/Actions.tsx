import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots, IconDownload, IconFileTypePdf, IconHistory, IconPhoto, IconPlayerPause, IconPlayerPlay, IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";

import { api } from "../../api/client";
import { useAct } from "../../ui/useAct";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import type { ScenarioDocument } from "../document/types";
import { AskText } from "./AskText";
import { download, downloadPdf, downloadPicture } from "./download";
import { usePicture } from "./usePicture";

type Question = "submit" | "pause" | "return" | "approve" | null;

/** Everything that changes the scenario on the server, and what the person reads afterwards. */
function useScenarioActs() {
  const { autosave, draft, version, reload } = usePlace();
  const say = useTexts();
  const go = useNavigate();
  const refresh = ["/scenarios", "/versions", "/reviews", "/me", "/home"];
  const submit = useAct(
    async (comment: string) => {
      if (!draft || !autosave || !(await autosave.flush())) throw new Error(say("page.unsaved"));
      return api.post(`/scenarios/${draft.id}/submit`, { revision: autosave.savedRevision, comment });
    },
    { refresh, done: say("page.sent"), onDone: reload },
  );
  const pause = useAct((reason: string) => api.post(`/scenarios/${draft?.id ?? 0}/pause`, { reason }), { refresh, done: say("page.paused"), onDone: reload });
  const resume = useAct(() => api.post(`/scenarios/${draft?.id ?? 0}/resume`), { refresh, done: say("page.resumed"), onDone: reload });
  const restore = useAct(() => api.post(`/versions/${version?.id ?? 0}/restore`), {
    refresh,
    done: say("page.restored"),
    onDone: () => void go(`/scenarios/${version?.scenario.id ?? 0}`),
  });
  const sendBack = useAct((reason: string) => api.post(`/versions/${version?.id ?? 0}/return`, { reason }), { refresh, done: say("page.returned"), onDone: reload });
  const approve = useAct(
    (comment: string) => api.post(`/versions/${version?.id ?? 0}/approve`, { content_hash: version?.content_hash ?? "", comment }),
    { refresh, done: say("page.approved"), onDone: reload },
  );
  return { submit, pause, resume, restore, return: sendBack, approve };
}

/** What a person can do with the scenario as a whole. */
export function Actions() {
  const { autosave, store, scenario, draft, version, rights } = usePlace();
  const say = useTexts();
  const go = useNavigate();
  const picture = usePicture();
  // of the server: it adds the templates of the library; what cannot be saved now is given as it stands here
  const file = useAct(
    async () => {
      const isSaved = version !== null || autosave === null || (await autosave.flush());
      const path = version ? `/versions/${version.id}/export` : `/scenarios/${scenario.id}/export`;
      download(isSaved ? await api.get<ScenarioDocument>(path) : store.getState().document);
    },
    { refresh: [] },
  );
  const pdf = useAct(() => downloadPdf(store.getState().document.name, picture()), { refresh: [] });
  const [question, setQuestion] = useState<Question>(null);
  const readOnly = useBuilder((state) => state.readOnly);
  const publishable = useBuilder((state) => state.analysis.publishable);
  const acts = useScenarioActs();
  const answer = (text: string) => {
    if (question) acts[question].mutate(text);
    setQuestion(null);
  };
  const mayPause = rights.has("scenario.pause");
  const isReviewing = version?.state === "submitted" && rights.has("scenario.review");
  return (
    <>
      {draft?.state === "paused" && mayPause && (
        <Button size="xs" variant="default" leftSection={<IconPlayerPlay size={14} />} loading={acts.resume.isPending} onClick={() => acts.resume.mutate(undefined)}>
          {say("page.resume")}
        </Button>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={say("page.more")} data-testid="more">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconHistory size={15} />} onClick={() => void go(`/scenarios?versions=${scenario.id}`)}>
            {say("page.versions")}
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={15} />} onClick={() => file.mutate(undefined)}>
            {say("page.export")}
          </Menu.Item>
          <Menu.Item leftSection={<IconPhoto size={15} />} data-testid="picture" onClick={() => downloadPicture(store.getState().document.name, picture())}>
            {say("page.picture")}
          </Menu.Item>
          <Menu.Item leftSection={<IconFileTypePdf size={15} />} data-testid="picture-pdf" onClick={() => pdf.mutate(undefined)}>
            {say("page.pdf")}
          </Menu.Item>
          <Menu.Item leftSection={<IconPrinter size={15} />} onClick={() => window.print()}>
            {say("page.print")}
          </Menu.Item>
          {draft?.state === "live" && mayPause && (
            <Menu.Item leftSection={<IconPlayerPause size={15} />} color="var(--ks-bad)" onClick={() => setQuestion("pause")}>
              {say("page.pause")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {draft && rights.has("scenario.submit") && !readOnly && (
        <Button
          size="xs"
          data-testid="submit"
          disabled={!publishable}
          title={publishable ? "" : say("page.blocked")}
          loading={acts.submit.isPending}
          onClick={() => setQuestion("submit")}
        >
          {say("page.submit")}
        </Button>
      )}
      {version && (
        <Button size="xs" variant="default" onClick={() => void go(`/scenarios/${scenario.id}`)}>
          {say("page.open_draft")}
        </Button>
      )}
      {version && rights.has("scenario.edit") && (
        <Button size="xs" variant="default" loading={acts.restore.isPending} onClick={() => acts.restore.mutate(undefined)}>
          {say("page.restore")}
        </Button>
      )}
      {isReviewing && (
        <>
          <Button size="xs" variant="default" loading={acts.return.isPending} onClick={() => setQuestion("return")}>
            {say("page.return")}
          </Button>
          <Button size="xs" loading={acts.approve.isPending} onClick={() => setQuestion("approve")}>
            {say("page.approve")}
          </Button>
        </>
      )}
      {question && (
        <AskText
          title={say(`page.${question}`)}
          label={say(question === "submit" || question === "approve" ? "page.comment" : "page.reason")}
          isOptional={question === "approve"}
          onCancel={() => setQuestion(null)}
          onAnswer={answer}
        />
      )}
    </>
  );
}
