import { Button, Loader, SegmentedControl, TextInput } from "@mantine/core";
import { lazy, Suspense } from "react";

import { findNode, rename } from "../document/commands";
import { useActions } from "../state/actions";
import { useBuilder, usePlace } from "../state/context";
import type { InspectorTab } from "../store";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";
import { NodeCases } from "./NodeCases";
import { NodeNumbersTable } from "./NodeNumbersTable";
import { ScenarioSettings } from "./ScenarioSettings";

const ParamsForm = lazy(() => import("../forms/ParamsForm"));

/** The selected step: its settings, its numbers, and the loans that stand there. */
export function Inspector() {
  const { store, index } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const editable = useBuilder((state) => !state.readOnly && state.mode === "edit");
  const tab = useBuilder((state) => state.tab);
  const node = useBuilder((state) => state.document.nodes.find((item) => state.selection.has(item.id)));
  const all = useBuilder((state) => state.analysis.problems);
  if (!node) {
    return (
      <aside className={classes.side} aria-label={say("inspector.scenario")}>
        <ScenarioSettings />
      </aside>
    );
  }
  const kind = index.get(node.type);
  const problems = all.filter((problem) => problem.node === node.id);
  return (
    <aside className={classes.side} aria-label={say("inspector.title")} data-testid="inspector">
      <SegmentedControl
        fullWidth
        size="xs"
        value={tab}
        onChange={(value) => store.getState().set({ tab: value as InspectorTab })}
        data={(["settings", "numbers", "cases"] as const).map((key) => ({
          value: key === "cases" ? "loans" : key,
          label: say(`inspector.${key}`),
        }))}
      />
      {tab === "settings" && (
        <>
          <TextInput
            mt="sm"
            label={say("inspector.label")}
            value={node.data.label}
            readOnly={!editable}
            onChange={(event) => {
              const { document } = store.getState();
              if (findNode(document, node.id)) actions.apply(rename(document, node.id, event.currentTarget.value), `label:${node.id}`);
            }}
          />
          {kind && (
            <Suspense fallback={<Loader size="sm" />}>
              <ParamsForm node={node} kind={kind} problems={problems} />
            </Suspense>
          )}
          {editable && (
            <Button mt="md" size="xs" variant="subtle" color="red" onClick={() => actions.remove(new Set([node.id]))}>
              {say("inspector.delete")}
            </Button>
          )}
        </>
      )}
      {tab === "numbers" && <NodeNumbersTable node={node} />}
      {tab === "loans" && <NodeCases node={node.id} />}
    </aside>
  );
}
