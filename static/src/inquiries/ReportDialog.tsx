import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import type { Job } from "../api/types/jobs";
import { watchJob } from "../jobs/watched";
import { DayInput } from "../ui/DayInput";
import { localDay } from "../ui/localTime";
import { ErrorState } from "../ui/states";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { useTexts } from "./texts";

/** Have the bureau's report of a day made; a job writes it and says when it is ready. */
export function ReportDialog({ onClose }: { onClose: () => void }) {
  const say = useTexts();
  const ui = useUiTexts();
  const yesterday = localDay(-1);
  const [day, setDay] = useState(yesterday);
  const make = useAct(() => api.post<Job>("/inquiries/reports", { day }), {
    refresh: ["/jobs"],
    quiet: true,
    onDone: (job) => {
      watchJob(job.id);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={say("report.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (day) make.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {say("report.text")}
          </Text>
          <DayInput label={say("report.day")} value={day} onChange={setDay} maxDate={yesterday} required data-autofocus />
          {make.error && <ErrorState compact error={make.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {ui("cancel")}
            </Button>
            <Button type="submit" disabled={!day} loading={make.isPending}>
              {say("report.action")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
