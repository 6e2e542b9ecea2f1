import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useGet } from "../api/client";
import type { LoanFacts } from "../api/types/loans";
import { useRight } from "../app/me";
import { type Desk, fitting, type Kind } from "./model";
import { useTexts } from "./texts";

const ChangeDialog = lazy(() => import("./ChangeDialog"));

/** What can be agreed about a loan that is serviced here and open; `onPay` opens the form of a payment. */
export function ChangeMenu({ loan, onPay }: { loan: LoanFacts; onPay?: (amount: number) => void }) {
  const say = useTexts();
  const mayChange = useRight("loan.amend") && loan.servicing === "ledger" && loan.state === "open";
  const { data: desk } = useGet<Desk>(`/servicing/loans/${loan.id}`, { enabled: mayChange });
  const [kind, setKind] = useState<Kind | null>(null);
  if (!mayChange) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} />} disabled={!desk}>
            {say("menu")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {desk &&
            fitting(desk).map((one) => (
              <Menu.Item key={one} onClick={() => setKind(one)}>
                {say(`kinds.${one}`)}…
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
      {kind && desk && (
        <Suspense fallback={null}>
          <ChangeDialog
            key={kind}
            kind={kind}
            loan={loan}
            desk={desk}
            onClose={() => setKind(null)}
            onKind={setKind}
            {...(onPay && {
              onPay: (amount: number) => {
                setKind(null);
                onPay(amount);
              },
            })}
          />
        </Suspense>
      )}
    </>
  );
}
