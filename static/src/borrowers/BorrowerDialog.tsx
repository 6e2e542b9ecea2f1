import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";
import { api, ApiError } from "../api/client";
import type { Language } from "../api/types";
import type { BorrowerFacts } from "../api/types/loans";
import { useRegionChoices } from "../regions/texts";
import { DayInput } from "../ui/DayInput";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { useTexts } from "./texts";

interface Typed {
  full_name: string;
  birth_date: string;
  phone: string;
  email: string;
  messenger: string;
  postal_address: string;
  region: string | null;
  language: Language;
}

const TEXTS = ["full_name", "phone", "email", "messenger", "postal_address"] as const;
const LANGUAGES: readonly Language[] = ["ru", "en"];
const LONGEST: Readonly<Record<(typeof TEXTS)[number], number>> = { full_name: 250, phone: 32, email: 250, messenger: 64, postal_address: 250 };

interface Props {
  /** Null: somebody new. */
  borrower?: BorrowerFacts;
  onClose: () => void;
  onDone?: (saved: BorrowerFacts) => void;
}

/** What is known of a person: written down, or corrected. What one may not see stays unless something is typed over it. */
export function BorrowerDialog({ borrower, onClose, onDone }: Props) {
  const say = useTexts();
  const ui = useUiTexts();
  const regions = useRegionChoices();
  const isMasked = borrower?.masked ?? false;
  const first = useMemo<Typed>(
    () => ({
      full_name: (!isMasked && borrower?.name) || "",
      birth_date: borrower?.birth_date ?? "",
      phone: (!isMasked && borrower?.phone) || "",
      email: (!isMasked && borrower?.email) || "",
      messenger: (!isMasked && borrower?.messenger) || "",
      postal_address: (!isMasked && borrower?.postal_address) || "",
      region: borrower?.region ?? null,
      language: borrower?.language ?? "ru",
    }),
    [borrower, isMasked],
  );
  const [typed, setTyped] = useState(first);
  const [number, setNumber] = useState("");
  const changed = Object.fromEntries(
    Object.entries(typed)
      .filter(([key, value]) => value !== first[key as keyof Typed])
      .map(([key, value]) => [key, value === "" ? null : value]),
  );
  const save = useAct(
    () =>
      borrower
        ? api.put<BorrowerFacts>(`/borrowers/${borrower.id}`, changed)
        : api.post<BorrowerFacts>("/borrowers", { ...changed, external_id: number.trim() || null }),
    {
      refresh: ["/borrowers", "/loans", "/tasks", "/applications"],
      quiet: true,
      done: borrower ? say("saved") : say("made"),
      onDone: (saved) => {
        onClose();
        onDone?.(saved);
      },
    },
  );
  const problems = save.error instanceof ApiError ? save.error.problems : [];
  const wrong = (field: string) => problems.find((problem) => problem.field === field)?.text;
  const isGeneral = save.error && !problems.some((problem) => problem.field);
  const hint: Readonly<Record<(typeof TEXTS)[number], string | null | undefined>> = {
    full_name: borrower?.name,
    phone: borrower?.phone,
    email: borrower?.email,
    messenger: borrower?.messenger,
    postal_address: borrower?.postal_address,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (Object.keys(changed).length > 0) save.mutate(undefined);
    else onClose();
  };
  return (
    <Modal opened onClose={onClose} title={borrower ? say("change") : say("new")} closeOnClickOutside={false} closeButtonProps={{ "aria-label": ui("close") }}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          {isMasked && <span className="ks-muted">{say("masked")}</span>}
          {TEXTS.slice(0, 1).map((field) => (
            <TextInput
              key={field}
              label={say(`fields.${field}`)}
              required={!isMasked}
              data-autofocus
              maxLength={LONGEST[field]}
              placeholder={(isMasked && hint[field]) || ""}
              value={typed[field]}
              error={wrong(field)}
              onChange={(event) => setTyped({ ...typed, [field]: event.currentTarget.value })}
            />
          ))}
          <DayInput label={say("fields.birth_date")} clearable value={typed.birth_date} error={wrong("birth_date")} onChange={(day) => setTyped({ ...typed, birth_date: day })} />
          {TEXTS.slice(1).map((field) => (
            <TextInput
              key={field}
              label={say(`fields.${field}`)}
              inputMode={field === "phone" ? "tel" : field === "email" ? "email" : "text"}
              autoComplete="off"
              maxLength={LONGEST[field]}
              placeholder={(isMasked && hint[field]) || ""}
              value={typed[field]}
              error={wrong(field)}
              onChange={(event) => setTyped({ ...typed, [field]: event.currentTarget.value })}
            />
          ))}
          <Select
            label={say("fields.region")}
            description={say("regionHelp")}
            data={regions}
            searchable
            clearable
            nothingFoundMessage={say("noRegion")}
            value={typed.region}
            error={wrong("region")}
            onChange={(region) => setTyped({ ...typed, region })}
          />
          <Select
            label={say("fields.language")}
            description={say("languageHelp")}
            allowDeselect={false}
            data={LANGUAGES.map((value) => ({ value, label: say(`languages.${value}`) }))}
            value={typed.language}
            error={wrong("language")}
            onChange={(language) => language && setTyped({ ...typed, language })}
          />
          {!borrower && (
            <TextInput label={say("fields.number")} description={say("numberHelp")} maxLength={64} value={number} onChange={(event) => setNumber(event.currentTarget.value)} />
          )}
          {isGeneral && <ErrorState compact error={save.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!borrower && !typed.full_name.trim()}>
              {borrower ? say("save") : say("make")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
