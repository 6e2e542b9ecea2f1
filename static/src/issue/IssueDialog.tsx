import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, type ApiError, useGet } from "../api/client";
import type { Page as PageOf, Problem } from "../api/types";
import type { ApplicationCard } from "../api/types/applications";
import type { BorrowerFacts } from "../api/types/loans";
import type { Preview, ProductItem } from "../products/model";
import { Facts } from "../ui/Facts";
import { MoneyInput } from "../ui/MoneyInput";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { DayText, Money } from "../ui/Values";
import { WholeInput } from "../ui/WholeInput";
import { useTexts } from "./texts";

interface Decision {
  outcome: "allow" | "refuse" | "person";
  /** Of the rule that decided. */
  reason: string | null;
  /** A second person is to confirm the issue. */
  confirm: boolean;
  approved: boolean;
  /** Owed on the loan that the new one pays off. */
  pays_off: number | null;
  ordinal: number;
  against: Problem[];
  preview: Preview | null;
}

function Verdict({ decision }: { decision: Decision }) {
  const say = useTexts();
  const { number } = useFormat();
  const { preview } = decision;
  return (
    <div role="status">
      {decision.outcome === "allow" && <p>{say("approved", { ordinal: decision.ordinal })}</p>}
      {decision.outcome === "person" && <p>{decision.reason ? say("personWhy", { reason: decision.reason }) : say("person")}</p>}
      {decision.outcome !== "refuse" && decision.confirm && <p>{say("confirms")}</p>}
      {decision.outcome === "refuse" && (
        <>
          <p>{say("refused")}</p>
          <ul>
            {decision.against.map((problem, index) => (
              <li key={index}>{problem.text}</li>
            ))}
          </ul>
        </>
      )}
      {preview && (
        <Facts
          facts={[
            { title: say("fullCost"), value: say("fullCostYear", { rate: `${number(preview.cost.rate / 1000, 3)}\u00a0%` }) },
            ...(decision.pays_off === null
              ? []
              : [
                  { title: say("paysOff"), value: <Money value={decision.pays_off} full /> },
                  { title: say("paidOut"), value: <Money value={Math.max(0, preview.principal - preview.issue_fee - decision.pays_off)} full /> },
                ]),
            { title: say("charges"), value: <Money value={preview.charges} full /> },
            { title: say("total"), value: <Money value={preview.total} full /> },
            { title: say("instalments"), value: number(preview.lines.length) },
            { title: say("ends"), value: <DayText value={preview.ends_on} /> },
          ]}
        />
      )}
    </div>
  );
}

/** A new loan for a borrower who is known: what speaks against it and what it would cost stand there before it is issued. */
export function IssueDialog({ borrower, onClose }: { borrower: BorrowerFacts; onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const go = useNavigate();
  const products = useGet<PageOf<ProductItem>>("/products", { query: { offered: true, size: 200 } });
  const offered = (products.data?.items ?? []).filter((one) => one.terms !== null);
  const [chosen, setChosen] = useState<string | null>(null);
  const product = offered.find((one) => String(one.id) === chosen);
  const [principal, setPrincipal] = useState<number | null>(null);
  const [term, setTerm] = useState<number | null>(null);
  const [number, setNumber] = useState("");
  const [score, setScore] = useState<number | null>(null);
  const [burden, setBurden] = useState<number | null>(null);
  const [refinanced, setRefinanced] = useState<string | null>(null);
  const openLoans = borrower.loans.filter((one) => one.state === "open");
  const asked =
    product && principal && term
      ? {
          borrower_id: borrower.id,
          product_id: product.id,
          principal,
          term,
          channel: "office",
          risk_score: score,
          debt_burden: burden,
          refinanced_id: refinanced ? Number(refinanced) : null,
        }
      : null;
  const [settled] = useDebouncedValue(asked && JSON.stringify(asked), 300);
  const decision = useQuery<Decision, ApiError>({
    queryKey: ["/loans/decision", settled],
    queryFn: () => api.post<Decision>("/loans/decision", JSON.parse(settled ?? "{}")),
    enabled: settled !== null,
    retry: false,
    placeholderData: keepPreviousData,
  });
  const issue = useAct(() => api.post<{ id: number; external_id: string }>("/loans", { ...asked, external_id: number.trim() || null }), {
    refresh: ["/loans", "/products", "/home"],
    quiet: true,
    done: (made) => say("done", { number: made.external_id }),
    onDone: (made) => {
      onClose();
      void go(`/loans/${made.id}?tab=ledger`);
    },
  });
  const file = useAct(
    async () => {
      const made = await api.post<ApplicationCard>("/applications", asked);
      if (made.state !== "approved") return made;
      return api.post<ApplicationCard>(`/applications/${made.id}/issue`, { number: number.trim() || null });
    },
    {
      refresh: ["/applications", "/loans", "/home"],
      quiet: true,
      done: (made) => (made.state === "refused" ? say("kept") : say("handedIn")),
      onDone: (made) => {
        onClose();
        void go(`/applications?application=${made.id}`);
      },
    },
  );
  const found = decision.data;
  const mayIssue = found?.approved === true && !found.confirm;
  const choose = (id: string | null) => {
    setChosen(id);
    const terms = offered.find((one) => String(one.id) === id)?.terms;
    setPrincipal(terms?.principal_min ?? null);
    setTerm(terms?.term_max ?? null);
  };
  return (
    <Modal opened onClose={onClose} title={say("title")} closeButtonProps={{ "aria-label": ui("close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!asked || !found || decision.isFetching) return;
          if (mayIssue) issue.mutate(undefined);
          else if (found.outcome !== "refuse") file.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Select
            label={say("product")}
            required
            data={offered.map((one) => ({ value: String(one.id), label: one.name }))}
            value={chosen}
            onChange={choose}
            {...(products.data && offered.length === 0 && { error: say("none") })}
          />
          {product?.terms && (
            <>
              <MoneyInput key={`sum ${chosen}`} label={say("principal")} value={principal} onChange={setPrincipal} required />
              <WholeInput label={say("term", { unit: say(`units.${product.terms.unit}`) })} value={term} min={1} max={10_950} onChange={setTerm} />
              <Group grow gap="sm">
                <WholeInput label={say("riskScore")} value={score} min={0} max={100_000} placeholder={say("asNewest")} onChange={setScore} />
                <WholeInput label={say("debtBurden")} value={burden} min={0} max={100_000} placeholder={say("asNewest")} onChange={setBurden} />
              </Group>
              {openLoans.length > 0 && (
                <Select
                  label={say("refinanced")}
                  placeholder={say("refinancedNone")}
                  clearable
                  data={openLoans.map((one) => ({ value: String(one.id), label: one.external_id }))}
                  value={refinanced}
                  onChange={setRefinanced}
                />
              )}
              <TextInput label={say("number")} description={say("numberHelp")} maxLength={64} value={number} onChange={(event) => setNumber(event.currentTarget.value)} />
            </>
          )}
          {asked && found && <Verdict decision={found} />}
          {(issue.error ?? file.error ?? decision.error) && <ErrorState compact error={(issue.error ?? file.error ?? decision.error) as Error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            {asked && found?.outcome === "refuse" && (
              <Button variant="default" disabled={decision.isFetching} loading={file.isPending} onClick={() => file.mutate(undefined)}>
                {say("keepRefusal")}
              </Button>
            )}
            <Button
              type="submit"
              disabled={!asked || !found || found.outcome === "refuse" || decision.isFetching}
              loading={issue.isPending || (file.isPending && found?.outcome !== "refuse")}
            >
              {found && found.outcome !== "refuse" && !mayIssue ? say("handIn") : say("action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
