import { Button, SegmentedControl, Switch } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";

import { api, ApiError } from "../../api/client";
import { NODE_HEIGHT, nodeWidth } from "../document/geometry";
import { findNode } from "../document/commands";
import { tidy } from "../document/tidy";
import { useActions } from "../state/actions";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import { AskText } from "./AskText";
import { download } from "./download";

type Question = "submit" | "pause" | "return" | null;

/** What a person can do with the scenario as a whole. */
export function Actions({ days, onDays }: { days: number; onDays: (days: number) => void }) {
  const { store, autosave, draft, version, rights, reload, counted } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const [question, setQuestion] = useState<Question>(null);
  const mode = useBuilder((state) => state.mode);
  const heat = useBuilder((state) => state.heat);
  const readOnly = useBuilder((state) => state.readOnly);
  const publishable = useBuilder((state) => state.analysis.publishable);
  const act = async (path: string, body: unknown = {}) => {
    try {
      await api.post(path, body);
      notifications.show({ message: say("page.done"), color: "green" });
      reload();
    } catch (error) {
      notifications.show({ message: error instanceof ApiError ? error.message : String(error), color: "red", autoClose: 8000 });
    }
  };
  const answer = async (text: string) => {
    setQuestion(null);
    if (question === "submit" && draft && autosave && (await autosave.flush())) {
      await act(`/scenarios/${draft.id}/submit`, { revision: autosave.savedRevision, comment: text });
    }
    if (question === "pause" && draft) await act(`/scenarios/${draft.id}/pause`, { reason: text });
    if (question === "return" && version) await act(`/versions/${version.id}/return`, { reason: text });
  };
  const arrange = () => {
    const { document } = store.getState();
    const grammar = actions.grammar();
    const sizeOf = (id: string) => {
      const node = findNode(document, id);
      return { width: nodeWidth(node ? grammar.portsOf(node).length : 1), height: NODE_HEIGHT };
    };
    actions.apply(tidy(document, sizeOf, grammar));
  };
  const reviewing = version?.state === "submitted" && rights.has("scenario.review");
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={say("page.mode")}
        value={mode}
        onChange={(value) => store.getState().set({ mode: value, tab: value === "numbers" ? "numbers" : "settings" })}
        data={[
          { value: "edit", label: say("page.edit") },
          { value: "numbers", label: say("page.numbers"), disabled: counted === null },
        ]}
      />
      {mode === "numbers" && (
        <>
          <SegmentedControl
            size="xs"
            value={String(days)}
            onChange={(value) => onDays(Number(value))}
            data={[7, 30, 90].map((count) => ({ value: String(count), label: say("page.period", { count }) }))}
          />
          <Switch size="xs" label={say("page.heat")} checked={heat} onChange={(event) => store.getState().set({ heat: event.currentTarget.checked })} />
        </>
      )}
      {!readOnly && (
        <Button size="xs" variant="default" onClick={arrange}>
          {say("page.tidy")}
        </Button>
      )}
      <Button size="xs" variant="default" onClick={() => download(store.getState().document)}>
        {say("page.export")}
      </Button>
      {draft?.state === "live" && rights.has("scenario.pause") && (
        <Button size="xs" variant="default" onClick={() => setQuestion("pause")}>
          {say("page.pause")}
        </Button>
      )}
      {draft?.state === "paused" && rights.has("scenario.pause") && (
        <Button size="xs" variant="default" onClick={() => void act(`/scenarios/${draft.id}/resume`)}>
          {say("page.resume")}
        </Button>
      )}
      {draft && rights.has("scenario.submit") && (
        <Button size="xs" disabled={!publishable || readOnly} title={publishable ? "" : say("page.blocked")} onClick={() => setQuestion("submit")}>
          {say("page.submit")}
        </Button>
      )}
      {version && rights.has("scenario.edit") && (
        <Button size="xs" variant="default" onClick={() => void act(`/versions/${version.id}/restore`)}>
          {say("page.restore")}
        </Button>
      )}
      {reviewing && (
        <>
          <Button size="xs" variant="default" onClick={() => setQuestion("return")}>
            {say("page.return")}
          </Button>
          <Button size="xs" onClick={() => void act(`/versions/${version.id}/approve`, { content_hash: version.content_hash, comment: "" })}>
            {say("page.approve")}
          </Button>
        </>
      )}
      {question && (
        <AskText
          title={say(`page.${question}`)}
          label={question === "submit" ? say("page.comment") : say("page.reason")}
          onCancel={() => setQuestion(null)}
          onAnswer={(text) => void answer(text)}
        />
      )}
    </>
  );
}
