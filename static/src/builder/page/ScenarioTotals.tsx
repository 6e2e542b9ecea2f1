import { Facts } from "../../ui/Facts";
import { useFormat } from "../../ui/useFormat";
import { useBuilder, usePlace } from "../state/context";
import { useTexts } from "../texts";

/** What the version brought in as a whole, and how to read the figures on the cards. */
export function ScenarioTotals() {
  const { counted } = usePlace();
  const say = useTexts();
  const format = useFormat();
  const totals = useBuilder((state) => state.numbers?.totals);
  const windowDays = useBuilder((state) => state.numbers?.window_days ?? 7);
  if (!counted || !totals) return <p className="ks-muted">{say("inspector.unpublished")}</p>;
  const share = totals.entered > 0 ? ` · ${format.percent(totals.paid_cases / totals.entered, 1)}` : "";
  return (
    <div data-testid="totals">
      <strong>{say("page.numbers_of", { number: counted.number })}</strong>
      <Facts
        facts={[
          { title: say("totals.entered"), value: format.number(totals.entered) },
          { title: say("totals.active"), value: format.number(totals.active) },
          { title: say("totals.ended"), value: format.number(totals.ended) },
          { title: say("inspector.paid", { days: windowDays }), value: format.number(totals.paid_cases) + share },
          { title: say("inspector.returned"), value: format.money(totals.paid_amount) },
        ]}
      />
      <p className="ks-muted">{say("totals.hint")}</p>
    </div>
  );
}
