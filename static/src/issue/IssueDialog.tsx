import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, type ApiError, useGet } from "../api/client";
import type { Page as PageOf, Problem } from "../api/types";
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
  approved: boolean;
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
      {decision.approved ? (
        <p>{say("approved", { ordinal: decision.ordinal })}</p>
      ) : (
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
  const asked = product && principal && term ? { borrower_id: borrower.id, product_id: product.id, principal, term, channel: "office" } : null;
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
          if (asked && decision.data?.approved) issue.mutate(undefined);
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
              <TextInput label={say("number")} description={say("numberHelp")} maxLength={64} value={number} onChange={(event) => setNumber(event.currentTarget.value)} />
            </>
          )}
          {asked && decision.data && <Verdict decision={decision.data} />}
          {(issue.error ?? decision.error) && <ErrorState compact error={(issue.error ?? decision.error) as Error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" disabled={!asked || !decision.data?.approved || decision.isFetching} loading={issue.isPending}>
              {say("action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
