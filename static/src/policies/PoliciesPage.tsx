import { lazy } from "react";
import { useParams } from "react-router";
import { List } from "./List";

const PolicyPage = lazy(() => import("./PolicyPage"));
const CalendarPage = lazy(() => import("./CalendarPage"));

/** Contact policies: the list, one of them, and the calendar of working days. */
export default function PoliciesPage() {
  const { part } = useParams();
  if (part === "calendar") return <CalendarPage />;
  return part ? <PolicyPage key={part} policyKey={part} /> : <List />;
}
