import { Skeleton } from "@mantine/core";
import { useMemo } from "react";

import { useGet } from "../api/client";
import type { ScenarioDocument } from "../builder/document/types";
import type { NodeGroup, Palette } from "../builder/model";
import { ErrorState } from "../ui/states";
import { TemplatePicture } from "./TemplatePicture";
import classes from "./Scenarios.module.css";
import { useTexts } from "./texts";

export interface Template {
  readonly key: string;
  readonly stage: string;
  readonly title: string;
  readonly purpose: string;
  readonly document: ScenarioDocument;
}

interface Props {
  chosen: string | null;
  onChoose: (template: Template | null) => void;
}

/** What a new scenario begins with: an empty canvas or one of the ready strategies. */
export function TemplateChoice({ chosen, onChoose }: Props) {
  const say = useTexts();
  const answer = useGet<{ items: readonly Template[] }>("/templates");
  const palette = useGet<Palette>("/palette");
  const groups = useMemo(() => new Map<string, NodeGroup>(palette.data?.nodes.map((node) => [node.key, node.group])), [palette.data]);
  const option = (template: Template | null) => (
    <label key={template?.key ?? ""} className={classes.option} data-testid={`template-${template?.key ?? "empty"}`}>
      <input type="radio" name="template" checked={chosen === (template?.key ?? null)} onChange={() => onChoose(template)} />
      {template ? <TemplatePicture document={template.document} groups={groups} /> : <span className={classes.picture} />}
      <span className={classes.optionWords}>
        <strong>{template?.title ?? say("template.empty")}</strong>
        {template && <span className="ks-muted">{say("template.steps", { stage: template.stage, count: template.document.nodes.length })}</span>}
        <span>{template?.purpose ?? say("template.emptyText")}</span>
      </span>
    </label>
  );
  return (
    <fieldset className={classes.options}>
      <legend>{say("template.title")}</legend>
      {option(null)}
      {answer.data?.items.map(option)}
      {answer.isPending && [1, 2, 3].map((row) => <Skeleton key={row} height={86} radius="md" />)}
      {answer.error && <ErrorState compact error={answer.error} />}
    </fieldset>
  );
}
