import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { api, apiUrl } from "../api/client";
import type { Job } from "../api/types/jobs";
import { confirm } from "../ui/confirm";
import { useAct } from "../ui/useAct";
import classes from "./Jobs.module.css";
import { useTexts } from "./texts";
import { watchJob } from "./watched";

/** What can be done about one job. */
export function JobActs({ job }: { job: Job }) {
  const say = useTexts();
  const refresh = ["/jobs", "/imports"];
  const cancel = useAct(() => api.post(`/jobs/${job.id}/cancel`), { refresh, done: say("did.cancelled") });
  const repeat = useAct(() => api.post<Job>(`/jobs/${job.id}/repeat`), {
    refresh,
    done: say("did.repeated"),
    onDone: (again) => watchJob(again.id),
  });
  const askToCancel = async () => {
    const isSure = await confirm({ title: say("confirm.title"), text: say("confirm.text"), action: say("confirm.action"), danger: true });
    if (isSure) cancel.mutate(undefined);
  };
  return (
    <div className={classes.acts}>
      {job.may_download && (
        <Button
          component="a"
          href={apiUrl(`/jobs/${job.id}/file`)}
          download
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} />}
        >
          {say("act.download")}
        </Button>
      )}
      {job.may_cancel && (
        <Button variant="default" size="compact-sm" loading={cancel.isPending} onClick={() => void askToCancel()}>
          {say("act.cancel")}
        </Button>
      )}
      {job.may_repeat && (
        <Button variant="default" size="compact-sm" loading={repeat.isPending} onClick={() => repeat.mutate(undefined)}>
          {say("act.repeat")}
        </Button>
      )}
    </div>
  );
}
