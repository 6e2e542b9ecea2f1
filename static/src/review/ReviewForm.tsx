import { Button, Group, SegmentedControl, Select, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import type { Version } from "../api/types/scenarios";
import { useAct } from "../ui/useAct";
import { useTexts } from "./texts";

/** Approve exactly this content, or return it with a reason, at a step if there is one to blame. */
export function ReviewForm({ version }: { version: Version }) {
  const say = useTexts();
  const [verdict, setVerdict] = useState<"approve" | "return">("approve");
  const [text, setText] = useState("");
  const [node, setNode] = useState<string | null>(null);
  const isReturn = verdict === "return";
  const act = useAct(
    () =>
      isReturn
        ? api.post(`/versions/${version.id}/return`, { reason: text.trim(), ...(node && { node }) })
        : api.post(`/versions/${version.id}/approve`, { content_hash: version.content_hash, comment: text.trim() }),
    {
      refresh: ["/reviews", "/versions", "/scenarios", "/home"],
      done: isReturn ? say("form.returned") : say("form.approved", { name: version.scenario.name, number: version.number }),
    },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate(undefined);
      }}
    >
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          value={verdict}
          onChange={(value) => setVerdict(value)}
          data={[
            { value: "approve", label: say("form.approve") },
            { value: "return", label: say("form.return") },
          ]}
        />
        <Textarea
          label={isReturn ? say("form.reason") : say("form.comment")}
          required={isReturn}
          autosize
          minRows={3}
          maxRows={10}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {isReturn && (
          <Select
            label={say("form.node")}
            clearable
            searchable
            value={node}
            onChange={setNode}
            data={version.document.nodes.map((one) => ({ value: one.id, label: one.data.label || one.id }))}
          />
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={act.isPending} disabled={isReturn && !text.trim()} {...(isReturn && { color: "red" })}>
            {isReturn ? say("form.doReturn") : say("form.doApprove")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
