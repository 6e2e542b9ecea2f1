import { Badge, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { api } from "../../api/client";
import { notifyError } from "../../ui/notify";
import { Instant } from "../../ui/Values";
import { equalJson } from "../document/difference";
import { pictureOf } from "../document/picture";
import type { ScenarioDocument, ScenarioNode } from "../document/types";
import { grammarOf } from "../grammar";
import { EMPTY_ANALYSIS, type Analysis, type PaletteNode } from "../model";
import { isContested, leftOut, merged, sideOf, unitsOf, type Change, type Choices, type Side, type Unit } from "../saving/merge";
import { differingSettings } from "../saving/settings";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";
import classes from "./Settling.module.css";

type Drafts = Readonly<Record<Side, ScenarioDocument>>;
type Analyses = Readonly<Record<Side, Analysis>>;

/** What the steps of a draft do, in words; a draft that cannot be asked about is shown without. */
function useAnalysis(document: ScenarioDocument, scenario: number): Analysis {
  const answer = useQuery({
    queryKey: ["/analyse", scenario, document],
    queryFn: () => api.post<Analysis>("/analyse", { document, scenario_id: scenario }),
    staleTime: Infinity,
    retry: false,
  });
  return answer.data ?? EMPTY_ANALYSIS;
}

/** The whole draft, with the steps that differ in colour. */
function Picture({ document, analysis, units, label }: { document: ScenarioDocument; analysis: Analysis; units: readonly Unit[]; label: string }) {
  const { index } = usePlace();
  const source = useMemo(() => {
    const contested = new Set(units.filter(isContested).map((unit) => unit.id));
    const touched = new Set(units.map((unit) => unit.id));
    const grammar = grammarOf(index, analysis);
    const picture = pictureOf(document, grammar, (node) => {
      const kind = index.get(node.type);
      return {
        title: node.data.label || (kind?.title ?? node.type),
        words: analysis.nodes[node.id]?.sentence ?? kind?.title ?? "",
        color: contested.has(node.id) ? "#c2410c" : touched.has(node.id) ? "#2c5be8" : "#c8ced9",
        ports: grammar.portsOf(node),
      };
    });
    return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture)}`;
  }, [document, analysis, units, index]);
  return <img className={classes.picture} src={source} alt={label} />;
}

function useNames(drafts: Drafts, base: ScenarioDocument) {
  const { index } = usePlace();
  const say = useTexts();
  return (unit: Unit): string => {
    if (unit.kind === "settings") return say("conflict.scenario");
    if (unit.kind === "note") return say("conflict.note");
    const node = [base, drafts.mine, drafts.theirs].flatMap((document) => document.nodes).find((item) => item.id === unit.id);
    return node ? node.data.label || (index.get(node.type)?.title ?? node.type) : unit.id;
  };
}

/** Params that one side changed, by their titles; rules and lists stand in the step's sentence. */
function changedParams(was: ScenarioNode | undefined, now: ScenarioNode, kind: PaletteNode | undefined): string[] {
  const fields = (kind?.params_schema.properties ?? {}) as Record<string, { readonly title?: string }>;
  return Object.entries(now.data.params)
    .filter(([name, value]) => ["string", "number", "boolean"].includes(typeof value) && was?.data.params[name] !== value)
    .map(([name, value]) => `${fields[name]?.title ?? name}: ${String(value)}`);
}

interface CellProps {
  unit: Unit;
  side: Side;
  name: string;
  who: string;
  base: ScenarioDocument;
  drafts: Drafts;
  analyses: Analyses;
  chosen: boolean;
  onChoose: () => void;
}

/** One side's version of a step: what was done, and what the step does now. */
function Cell({ unit, side, name, who, base, drafts, analyses, chosen, onChoose }: CellProps) {
  const say = useTexts();
  const { index } = usePlace();
  const did: Change | null = unit[side];
  const document = drafts[side];
  const node = document.nodes.find((item) => item.id === unit.id);
  const settings = differingSettings(document, drafts[side === "mine" ? "theirs" : "mine"]);
  const shown = (value: (typeof settings)[number]["value"]) => (typeof value === "boolean" ? say(value ? "conflict.yes" : "conflict.no") : (value ?? "–"));
  const words =
    unit.kind === "note"
      ? (document.notes.find((item) => item.id === unit.id)?.text ?? "")
      : unit.kind === "settings"
        ? ""
        : [node?.data.label === name ? "" : (node?.data.label ?? ""), node ? (analyses[side].nodes[unit.id]?.sentence ?? "") : ""].filter(Boolean).join(" — ");
  return (
    <button
      type="button"
      role="radio"
      aria-checked={chosen}
      aria-label={say("conflict.choose", { name, who })}
      className={`${classes.cell} ${chosen ? classes.chosen : ""}`}
      data-testid={`choose-${side}-${unit.id || unit.kind}`}
      onClick={onChoose}
    >
      <span className={did === null ? "ks-muted" : classes.did}>{did === null ? say("conflict.nothing") : say(`conflict.did.${did}`)}</span>
      <span className={classes.words}>
        {words}
        {unit.kind === "settings" && settings.map(({ setting, value }) => <span key={setting}>{`${say(`inspector.${setting}`)}: ${shown(value)}`}</span>)}
        {node && did === "changed" && changedParams(base.nodes.find((item) => item.id === unit.id), node, index.get(node.type)).map((line) => <span key={line}>{line}</span>)}
      </span>
    </button>
  );
}

/** Two people drew the same scenario: both drafts side by side, joined step by step; nobody's work is lost. */
export default function Settling({ theirs, base }: { theirs: { document: ScenarioDocument; by: string | null; at: string | null }; base: ScenarioDocument }) {
  const { store, autosave, person, scenario } = usePlace();
  const say = useTexts();
  const mine = useBuilder((state) => state.document);
  const [choices, setChoices] = useState<Choices>({});
  const [isBusy, setBusy] = useState(false);
  const drafts: Drafts = { mine, theirs: theirs.document };
  const analyses: Analyses = { mine: useAnalysis(mine, scenario.id), theirs: useAnalysis(theirs.document, scenario.id) };
  const units = useMemo(() => unitsOf(base, mine, theirs.document), [base, mine, theirs.document]);
  const nameOf = useNames(drafts, base);
  const author = theirs.by ?? "";
  const who: Readonly<Record<Side, string>> = { mine: say("conflict.mine_column"), theirs: author };
  const left = leftOut(units, choices);
  const contested = units.filter(isContested);
  const clear = units.filter((unit) => !isContested(unit));
  const everywhere = (side: Side) => setChoices(Object.fromEntries(units.map((unit) => [unit.key, side])));

  const putAside = (document: ScenarioDocument, by: string) =>
    api.post("/scenarios", { name: say("conflict.copy", { name: document.name, by }).slice(0, 200), document });
  const save = async () => {
    if (!autosave) return;
    setBusy(true);
    try {
      if (left.has("mine")) await putAside(mine, person);
      if (left.has("theirs")) await putAside(theirs.document, author);
      const document = merged(mine, theirs.document, units, choices);
      const saving = autosave.resolve(document);
      store.getState().apply({ document });
      await saving;
      // nothing was sent then, so nobody answered with what the steps do now
      if (equalJson(document, theirs.document) && analyses.theirs !== EMPTY_ANALYSIS) store.getState().setAnalysis(analyses.theirs);
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  };

  const rows = (title: string, list: readonly Unit[]) =>
    list.length > 0 && (
      <>
        <div className={classes.heading}>
          {title} <span className="ks-muted">{list.length}</span>
        </div>
        {list.map((unit) => {
          const name = nameOf(unit);
          return (
            <div key={unit.key} className={classes.unit} role="radiogroup" aria-label={name}>
              <strong className={classes.name}>{name}</strong>
              {(["mine", "theirs"] as const).map((side) => (
                <Cell
                  key={side}
                  unit={unit}
                  side={side}
                  name={name}
                  who={who[side]}
                  base={base}
                  drafts={drafts}
                  analyses={analyses}
                  chosen={sideOf(unit, choices) === side}
                  onChoose={() => setChoices({ ...choices, [unit.key]: side })}
                />
              ))}
            </div>
          );
        })}
      </>
    );
  const aside = left.size === 2 ? say("conflict.aside_both") : left.has("mine") ? say("conflict.aside_mine") : say("conflict.aside_theirs", { who: author });
  return (
    <>
      <Text size="sm">{say(contested.length > 0 ? "conflict.intro" : "conflict.intro_clear", { who: author })}</Text>
      <div className={classes.sides}>
        <div className={classes.side}>
          <strong>{who.mine}</strong>
          <Picture document={mine} analysis={analyses.mine} units={units} label={say("conflict.picture", { who: who.mine })} />
        </div>
        <div className={classes.side}>
          <strong>
            {author} {theirs.at && <Instant value={theirs.at} />}
          </strong>
          <Picture document={theirs.document} analysis={analyses.theirs} units={units} label={say("conflict.picture", { who: author })} />
        </div>
      </div>
      <div className={classes.units} tabIndex={-1}>
        {rows(say("conflict.contested"), contested)}
        {rows(say("conflict.clear"), clear)}
      </div>
      {left.size > 0 && (
        <Badge variant="light" color="gray" className={classes.aside} data-testid="conflict-aside">
          {say("conflict.aside", { who: aside })}
        </Badge>
      )}
      <Group justify="space-between" mt="md">
        <Group gap="xs">
          <Button variant="default" size="xs" onClick={() => everywhere("mine")}>
            {say("conflict.all_mine")}
          </Button>
          <Button variant="default" size="xs" onClick={() => everywhere("theirs")}>
            {say("conflict.all_theirs")}
          </Button>
        </Group>
        <Button loading={isBusy} onClick={() => void save()} data-testid="conflict-save">
          {say("conflict.save")}
        </Button>
      </Group>
    </>
  );
}
