import { Button, CloseButton, Loader, SegmentedControl, TextInput } from "@mantine/core";
import { lazy, Suspense } from "react";

import { lastingly } from "../../ui/settled";
import { findNode, rename } from "../document/commands";
import type { ScenarioNode } from "../document/types";
import { groupColor, NodeIcon } from "../icons";
import { useActions } from "../state/actions";
import { useBuilder, useEditable, usePlace } from "../state/context";
import { LATER } from "../state/later";
import type { InspectorTab } from "../store";
import { useTexts } from "../texts";
import classes from "./Builder.module.css";
import { NoteSettings } from "./NoteSettings";
import { ScenarioSettings } from "./ScenarioSettings";
import { ScenarioTotals } from "./ScenarioTotals";

const ParamsForm = lazy(() => import("../forms/ParamsForm"));
const NodeNumbersTable = lazy(lastingly(LATER.figures));
const NodeCases = lazy(lastingly(LATER.cases));

function Settings({ node }: { node: ScenarioNode }) {
  const { store, index } = usePlace();
  const say = useTexts();
  const actions = useActions();
  const editable = useEditable();
  const all = useBuilder((state) => state.analysis.problems);
  const kind = index.get(node.type);
  const problems = all.filter((problem) => problem.node === node.id);
  return (
    <>
      {kind?.help && <p className={classes.help}>{kind.help}</p>}
      <TextInput
        mt="xs"
        mb="sm"
        label={say("inspector.label")}
        value={node.data.label}
        readOnly={!editable}
        maxLength={120}
        data-testid="node-label"
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
  );
}

/** The selected step: its settings, its numbers, and the loans that stand there. Without one, the whole scenario. */
export function Inspector() {
  const { store, index } = usePlace();
  const say = useTexts();
  const tab = useBuilder((state) => state.tab);
  const mode = useBuilder((state) => state.mode);
  const node = useBuilder((state) => state.document.nodes.find((item) => state.selection.has(item.id)));
  const note = useBuilder((state) => (node ? undefined : state.document.notes.find((item) => state.selection.has(item.id))));
  if (note) return <NoteSettings note={note} />;
  if (!node) {
    return (
      <aside className={classes.side} aria-label={say("inspector.scenario")}>
        {mode === "numbers" ? <ScenarioTotals /> : <ScenarioSettings />}
      </aside>
    );
  }
  const kind = index.get(node.type);
  const title = node.data.label || (kind?.title ?? node.type);
  return (
    <aside className={classes.side} aria-label={say("inspector.title")} data-testid="inspector">
      <div className={classes.sideHead}>
        <span className={classes.dot} style={{ background: groupColor(kind?.group) }}>
          <NodeIcon {...(kind && { icon: kind.icon, group: kind.group })} size={14} />
        </span>
        <div className={classes.sideTitle}>
          <strong title={title}>{title}</strong>
          <span className="ks-muted">{kind?.title ?? node.type}</span>
        </div>
        <CloseButton size="sm" aria-label={say("key.deselect")} onClick={() => store.getState().select([])} />
      </div>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={say("inspector.title")}
        value={tab}
        onChange={(value) => store.getState().set({ tab: value })}
        data={(["settings", "numbers", "loans"] as const satisfies readonly InspectorTab[]).map((value) => ({ value, label: say(`inspector.${value}`) }))}
      />
      {tab === "settings" && <Settings node={node} />}
      <Suspense fallback={<Loader size="sm" mt="sm" />}>
        {tab === "numbers" && <NodeNumbersTable node={node} />}
        {tab === "loans" && <NodeCases key={node.id} node={node.id} />}
      </Suspense>
    </aside>
  );
}
