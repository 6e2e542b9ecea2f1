import { lazy } from "react";
import { useParams } from "react-router";
import { Board } from "./Board";
import { Firings } from "./Firings";

const RulePage = lazy(() => import("./RulePage"));

/** What watches over the registry: the board, the list of what fired, one rule. */
export default function MonitoringPage() {
  const { part, id } = useParams();
  if (part === "firings") return <Firings />;
  if (part === "rules" && id) return <RulePage key={id} id={id} />;
  return <Board />;
}
