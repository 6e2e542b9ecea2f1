import { useParams } from "react-router";
import { CalendarPage } from "./Calendar";
import { List } from "./List";
import { PolicyCard } from "./PolicyCard";

/** Contact policies: the list, one of them, and the calendar of working days. */
export default function PoliciesPage() {
  const { part } = useParams();
  if (part === "calendar") return <CalendarPage />;
  return part ? <PolicyCard key={part} policyKey={part} /> : <List />;
}
