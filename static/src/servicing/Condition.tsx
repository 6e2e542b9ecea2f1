import { Button } from "@mantine/core";
import type { ApiError } from "../api/client";
import { chargesOf, type Desk, type Kind } from "./model";
import classes from "./Servicing.module.css";
import { useTexts } from "./texts";

interface Props {
  refusal: ApiError;
  desk: Desk;
  /** Opens the form of a payment of that many kopecks, for whoever may record one. */
  onPay?: (amount: number) => void;
  onKind?: (kind: Kind) => void;
}

/** What has to be so first, said before anybody did anything: no mistake of the person's. */
export function Condition({ refusal, desk, onPay, onKind }: Props) {
  const say = useTexts();
  return (
    <div className={classes.condition} role="status">
      {refusal.problems.length > 0 ? refusal.problems.map((problem, index) => <p key={index}>{problem.text}</p>) : <p>{refusal.message}</p>}
      {refusal.code === "amendment.charges" && onPay && (
        <Button size="compact-sm" variant="light" onClick={() => onPay(chargesOf(desk))}>
          {say("pay")}
        </Button>
      )}
      {refusal.code === "amendment.order" && onKind && (
        <Button size="compact-sm" variant="light" onClick={() => onKind("restructured")}>
          {say("kinds.restructured")}…
        </Button>
      )}
    </div>
  );
}
