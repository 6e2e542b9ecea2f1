import { ActionIcon, Checkbox, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowUp } from "@tabler/icons-react";
import type { Problem } from "../api/types";
import { MoneyInput } from "../ui/MoneyInput";
import { WholeInput } from "../ui/WholeInput";
import { type Draft, KINDS, type Policy, SPANS, UNITS } from "./model";
import classes from "./Products.module.css";
import { ShareInput } from "./ShareInput";
import { useTexts } from "./texts";

export interface Identity {
  code: string;
  name: string;
  offered: boolean;
}

interface Props {
  identity: Identity;
  onIdentity: (identity: Identity) => void;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  policies: readonly Policy[];
  problems: readonly Problem[];
  isNew: boolean;
  readOnly: boolean;
}

/** The parts that a payment pays, in order; each but the first can go one place up. */
function Order({ order, policy, onChange, readOnly }: { order: readonly string[]; policy: Policy | undefined; onChange: (order: string[]) => void; readOnly: boolean }) {
  const say = useTexts();
  const fixed = policy?.order ?? null;
  const earlier = (at: number) => {
    const next = [...order];
    const [moved] = next.splice(at, 1);
    if (moved) next.splice(at - 1, 0, moved);
    onChange(next);
  };
  return (
    <div>
      <div>{say("form.order")}</div>
      <ol className={classes.order}>
        {(fixed ?? order).map((part, index) => (
          <li key={part}>
            <span className={classes.part}>
              {say.known(`form.parts.${part}`)}
              {!fixed && !readOnly && index > 0 && (
                <ActionIcon size={22} aria-label={say("form.up", { part: say.known(`form.parts.${part}`) })} onClick={() => earlier(index)}>
                  <IconArrowUp size={14} />
                </ActionIcon>
              )}
            </span>
          </li>
        ))}
      </ol>
      {fixed && <span className="ks-muted">{say("form.orderLaw", { source: policy?.order_source ?? "" })}</span>}
    </div>
  );
}

/** Everything that a product says about a loan. */
export function TermsForm({ identity, onIdentity, draft, onDraft, policies, problems, isNew, readOnly }: Props) {
  const say = useTexts();
  const set = (part: Partial<Draft>) => onDraft({ ...draft, ...part });
  const wrong = (field: string) => problems.find((problem) => problem.field === field || problem.field === `terms.${field}`)?.text;
  const policy = policies.find((one) => one.key === draft.policy);
  const isNarrow = useMediaQuery("(max-width: 640px)", window.innerWidth <= 640);
  const money = (field: "principal_min" | "principal_max" | "issue_fee" | "instalment_fee", label: string) => (
    <MoneyInput label={label} value={draft[field]} readOnly={readOnly} error={wrong(field)} onChange={(value) => set({ [field]: value })} />
  );
  const whole = (field: "term_min" | "term_max" | "pay_every" | "grace_days" | "dpd_grace_days" | "prolongations", label: string, min = 1) => (
    <WholeInput label={label} value={draft[field]} min={min} max={field === "dpd_grace_days" ? 30 : 10_950} readOnly={readOnly} onChange={(value) => set({ [field]: value })} />
  );
  const spans = SPANS.map((value) => ({ value, label: say(`form.pers.${value}`) }));
  const choose = (label: string, value: string, data: { value: string; label: string }[], onChange: (value: string) => void) => (
    <Select label={label} value={value} data={data} allowDeselect={false} readOnly={readOnly} onChange={(chosen) => chosen && onChange(chosen)} />
  );
  return (
    <div className={classes.form}>
      <fieldset className={classes.group}>
        <legend>{say("form.what")}</legend>
        <TextInput
          label={say("form.name")}
          required
          maxLength={250}
          readOnly={readOnly}
          value={identity.name}
          error={wrong("name")}
          onChange={(event) => onIdentity({ ...identity, name: event.currentTarget.value })}
        />
        <TextInput
          label={say("form.code")}
          description={isNew && say("form.codeHelp")}
          required
          maxLength={64}
          readOnly={readOnly || !isNew}
          value={identity.code}
          error={wrong("code")}
          onChange={(event) => onIdentity({ ...identity, code: event.currentTarget.value })}
        />
        <Checkbox
          label={say("form.offered")}
          checked={identity.offered}
          disabled={readOnly}
          onChange={(event) => onIdentity({ ...identity, offered: event.currentTarget.checked })}
        />
      </fieldset>
      <fieldset className={classes.group}>
        <legend>{say("form.kind")}</legend>
        <SegmentedControl
          aria-label={say("form.kind")}
          fullWidth
          orientation={isNarrow ? "vertical" : "horizontal"}
          readOnly={readOnly}
          value={draft.kind}
          data={KINDS.map((value) => ({ value, label: say(`kinds.${value}`) }))}
          onChange={(kind) => set({ kind })}
        />
        <span className="ks-muted">{say(`form.kindHelp.${draft.kind}`)}</span>
      </fieldset>
      <fieldset className={classes.group}>
        <legend>{say("form.lent")}</legend>
        <div className={classes.row}>
          {money("principal_min", say("form.principalMin"))}
          {money("principal_max", say("form.principalMax"))}
        </div>
        <div className={classes.row}>
          {choose(say("form.unit"), draft.unit, UNITS.map((value) => ({ value, label: say(`form.units.${value}`) })), (unit) => set({ unit: unit as Draft["unit"] }))}
          {whole("term_min", say("form.termMin"))}
          {whole("term_max", say("form.termMax"))}
          {draft.kind !== "bullet" ? whole("pay_every", say("form.payEvery")) : whole("prolongations", say("form.prolongations"), 0)}
        </div>
        {[wrong("term_min"), wrong("term_max")].map((text) => text && <span key={text} className={classes.wrong}>{text}</span>)}
        <Checkbox label={say("form.workingDays")} checked={draft.working_days} disabled={readOnly} onChange={(event) => set({ working_days: event.currentTarget.checked })} />
      </fieldset>
      <fieldset className={classes.group}>
        <legend>{say("form.charges")}</legend>
        <div className={classes.row}>
          <ShareInput label={say("form.rate")} value={draft.rate_ppm} readOnly={readOnly} error={wrong("rate_ppm")} onChange={(value) => set({ rate_ppm: value })} />
          {choose(say("form.per"), draft.rate_per, spans, (per) => set({ rate_per: per as Draft["rate_per"] }))}
        </div>
        <div className={classes.row}>
          {money("issue_fee", say("form.issueFee"))}
          <ShareInput label={say("form.issueFeeShare")} value={draft.issue_fee_ppm} readOnly={readOnly} onChange={(value) => set({ issue_fee_ppm: value })} />
          {money("instalment_fee", say("form.instalmentFee"))}
        </div>
      </fieldset>
      <fieldset className={classes.group}>
        <legend>{say("form.late")}</legend>
        <div className={classes.row}>
          {whole("grace_days", say("form.graceDays"), 0)}
          <ShareInput label={say("form.penalty")} value={draft.penalty_ppm} readOnly={readOnly} error={wrong("penalty_ppm")} onChange={(value) => set({ penalty_ppm: value })} />
          {choose(say("form.penaltyPer"), draft.penalty_per, spans, (per) => set({ penalty_per: per as Draft["penalty_per"] }))}
        </div>
        <div className={classes.row}>{whole("dpd_grace_days", say("form.dpdGraceDays"), 0)}</div>
        <span className={wrong("dpd_grace_days") ? classes.wrong : "ks-muted"}>{wrong("dpd_grace_days") ?? say("form.dpdGraceHelp")}</span>
        <Checkbox
          label={say("form.interestWhenLate")}
          checked={draft.interest_when_late}
          disabled={readOnly}
          onChange={(event) => set({ interest_when_late: event.currentTarget.checked })}
        />
      </fieldset>
      <fieldset className={classes.group}>
        <legend>{say("form.rules")}</legend>
        {choose(say("form.policy"), draft.policy, policies.map(({ key, title }) => ({ value: key, label: title })), (key) =>
          set({ policy: key, order: policies.find((one) => one.key === key)?.order ?? draft.order }),
        )}
        <Order order={draft.order} policy={policy} readOnly={readOnly} onChange={(order) => set({ order })} />
      </fieldset>
    </div>
  );
}
