import { IconArrowRight, IconCheck } from "@tabler/icons-react";
import { Link } from "react-router";
import { useGet } from "../api/client";
import type { Home } from "../api/types/home";
import { useMe } from "../app/me";
import { Dot, type Tone } from "../ui/Tone";
import { useFormat } from "../ui/useFormat";
import classes from "./Home.module.css";
import { useTexts } from "./texts";

interface Decision {
  key: string;
  tone: Tone;
  text: string;
  to: string;
}

/** Only what this person can decide about; one line each, the way to it behind. */
function useDecisions(home: Home): Decision[] {
  const say = useTexts();
  const { number, span } = useFormat();
  const { rights } = useMe();
  const mayDecide = rights.includes("loan.approve");
  const requests = useGet<{ items: { id: number; loan_id: number; loan: string; title: string; own: boolean }[] }>("/servicing/requests", { enabled: mayDecide });
  const found: Decision[] = [];
  if (rights.includes("engine.read") && home.engine.state !== "running") {
    const text = home.engine.state === "stopped" ? say("decide.engineStopped") : say("decide.engineLate", { lag: span(home.engine.lag_seconds) });
    found.push({ key: "engine", tone: home.engine.state === "stopped" ? "bad" : "warn", text, to: "/engine" });
  }
  if (rights.includes("scenario.read")) {
    for (const scenario of home.scenarios.filter((one) => one.state === "paused")) {
      found.push({ key: `paused-${scenario.id}`, tone: "warn", text: say("decide.paused", { name: scenario.name }), to: `/scenarios/${scenario.id}` });
    }
  }
  if (rights.includes("scenario.review") && home.to_review > 0) {
    found.push({ key: "review", tone: "warn", text: say("decide.review", { count: home.to_review }), to: "/review" });
  }
  if (rights.includes("scenario.review") && home.rules_waiting > 0) {
    found.push({ key: "rules", tone: "warn", text: say("decide.rules", { count: home.rules_waiting }), to: "/monitoring" });
  }
  for (const request of (mayDecide && requests.data?.items.filter((one) => !one.own)) || []) {
    found.push({ key: `request-${request.id}`, tone: "warn", text: say("decide.request", { title: request.title, loan: request.loan }), to: `/loans/${request.loan_id}` });
  }
  if (rights.includes("outbox.read") && home.failed_messages > 0) {
    const text = say("decide.failed", { count: home.failed_messages, n: number(home.failed_messages) });
    found.push({ key: "failed", tone: "bad", text, to: "/outbox?state=failed" });
  }
  if (rights.includes("task.read") && home.open_tasks > 0) {
    const text = say("decide.tasks", { count: home.open_tasks, n: number(home.open_tasks) });
    found.push({ key: "tasks", tone: "accent", text, to: "/tasks" });
  }
  return found;
}

export function DecisionList({ home }: { home: Home }) {
  const say = useTexts();
  const decisions = useDecisions(home);
  return (
    <section className={classes.decisions} aria-label={say("decide.title")}>
      {decisions.length === 0 && (
        <span className={classes.calm}>
          <IconCheck size={15} aria-hidden="true" /> {say("decide.nothing")}
        </span>
      )}
      {decisions.map((one) => (
        <Link key={one.key} to={one.to} className={classes.decision}>
          <Dot tone={one.tone} />
          <span>{one.text}</span>
          <IconArrowRight size={14} aria-hidden="true" />
        </Link>
      ))}
    </section>
  );
}
