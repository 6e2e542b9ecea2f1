import { Link } from "react-router";
import type { TemplateCard } from "../api/types/library";
import { Card } from "../ui/Page";
import { Label } from "../ui/Tone";
import classes from "./Library.module.css";
import { useTexts } from "./texts";

/** Which steps send the template, and in which revision. */
export function UsesCard({ card }: { card: TemplateCard }) {
  const say = useTexts();
  return (
    <Card title={say("uses.title")}>
      {card.uses.length === 0 && <p className={classes.hint}>{say("uses.none")}</p>}
      <ul className={classes.list}>
        {card.uses.map((use, index) => (
          <li key={index}>
            <Link to={`/scenarios/${use.scenario.id}`}>{use.scenario.name}</Link> <Label tone={use.where === "live" ? "good" : use.where === "review" ? "warn" : "quiet"}>{say(`uses.${use.where}`)}</Label>
            <div className="ks-muted">
              {use.step} · {say("revision", { n: use.revision })}
              {use.revision < card.revision && ` · ${say("uses.older")}`}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
