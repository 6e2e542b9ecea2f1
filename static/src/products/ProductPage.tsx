import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api, ApiError, useGet } from "../api/client";
import type { Problem } from "../api/types";
import { useRight } from "../app/me";
import { Card, Page } from "../ui/Page";
import { CardSkeletons, ErrorState, ProblemList } from "../ui/states";
import { Label } from "../ui/Tone";
import { useAct } from "../ui/useAct";
import { useFormat } from "../ui/useFormat";
import { localDay } from "../ui/localTime";
import { LimitsCard } from "./LimitsCard";
import { DecisionForm } from "./DecisionForm";
import { bareDecision, complete, type DecisionDraft, type Draft, FIRST, type Policy, type ProductCard } from "./model";
import { PreviewCard } from "./PreviewCard";
import classes from "./Products.module.css";
import { type Identity, TermsForm } from "./TermsForm";
import { useTexts } from "./texts";

/** What the law has or will have against the product. */
function Forecast({ product }: { product: ProductCard }) {
  const say = useTexts();
  const { day } = useFormat();
  const [first] = product.forecast;
  if (!first) return null;
  const isNow = first.on <= localDay();
  return (
    <div className={classes.warning} role="note">
      {isNow ? say("forecast.now") : say("forecast.later", { day: day(first.on) })}
      <ul>
        {first.problems.map((problem, index) => (
          <li key={index}>{problem.text}</li>
        ))}
      </ul>
    </div>
  );
}

function Editor({ product, policies }: { product: ProductCard | null; policies: readonly Policy[] }) {
  const say = useTexts();
  const go = useNavigate();
  const mayEdit = useRight("product.edit");
  const [identity, setIdentity] = useState<Identity>({
    code: product?.code ?? "",
    name: product?.name ?? "",
    offered: product?.offered ?? true,
  });
  const [draft, setDraft] = useState<Draft>(product?.terms ?? FIRST);
  const [decision, setDecision] = useState<DecisionDraft | null>(product?.decision ?? null);
  const terms = complete(draft);
  const save = useAct(
    () =>
      product
        ? api.put<ProductCard>(`/products/${product.id}`, { name: identity.name, offered: identity.offered, terms, decision: bareDecision(decision), revision: product.revision })
        : api.post<ProductCard>("/products", { ...identity, terms, decision: bareDecision(decision) }),
    {
      refresh: ["/products", "/fields"],
      quiet: true,
      done: product ? say("saved") : say("made"),
      onDone: (saved) => {
        if (!product) void go(`/products/${saved.id}`, { replace: true });
      },
    },
  );
  const problems: readonly Problem[] = save.error instanceof ApiError ? save.error.problems : [];
  return (
    <Page
      title={product?.name ?? say("new")}
      crumb={{ title: say("title"), to: "/products" }}
      state={
        product && (
          <>
            <Label tone={product.offered ? "good" : "quiet"}>{product.offered ? say("offered") : say("notOffered")}</Label>
            {!product.terms && <Label>{say("mirrored")}</Label>}
          </>
        )
      }
      actions={
        mayEdit && (
          <Button disabled={!terms || decision?.confirm_above === "typing" || !identity.name.trim() || !identity.code.trim()} loading={save.isPending} onClick={() => save.mutate(undefined)}>
            {product ? say("save") : say("make")}
          </Button>
        )
      }
    >
      <div className={classes.columns}>
        <div className={classes.form}>
          {!mayEdit && <p className="ks-muted">{say("readOnly")}</p>}
          {product && <Forecast product={product} />}
          {save.error && (
            <div className={classes.warning} role="alert">
              {problems.length > 0 ? say("refused") : save.error.message}
              <ProblemList error={save.error} />
            </div>
          )}
          <Card>
            <TermsForm
              identity={identity}
              onIdentity={setIdentity}
              draft={draft}
              onDraft={setDraft}
              policies={policies}
              problems={problems}
              isNew={!product}
              readOnly={!mayEdit}
            />
          </Card>
          <Card title={say("decision.title")}>
            <DecisionForm decision={decision} onDecision={setDecision} problems={problems} readOnly={!mayEdit} />
          </Card>
        </div>
        <div className={classes.side}>
          <PreviewCard terms={terms} />
          <LimitsCard policy={policies.find((one) => one.key === draft.policy)} />
        </div>
      </div>
    </Page>
  );
}

/** One product: its terms, what a borrower would pay on them, and what the law allows. */
export default function ProductPage() {
  const say = useTexts();
  const { id } = useParams();
  const isNew = id === "new";
  const product = useGet<ProductCard>(`/products/${id}`, { enabled: !isNew });
  const policies = useGet<{ items: Policy[] }>("/products/policies");
  const error = product.error ?? policies.error;
  if (!policies.data || (!isNew && !product.data)) {
    return (
      <Page title={say("one")} crumb={{ title: say("title"), to: "/products" }}>
        {error ? <ErrorState error={error} retry={() => void Promise.all([product.refetch(), policies.refetch()])} /> : <CardSkeletons cards={2} height={320} />}
      </Page>
    );
  }
  return <Editor key={`${id} ${product.data?.revision ?? 0}`} product={product.data ?? null} policies={policies.data.items} />;
}
