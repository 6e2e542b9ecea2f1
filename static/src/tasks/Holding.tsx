import { Button, Select } from "@mantine/core";
import { api } from "../api/client";
import type { TaskCard } from "../api/types/tasks";
import { useMe } from "../app/me";
import { useAct } from "../ui/useAct";
import { useKeys } from "../ui/useKeys";
import classes from "./Tasks.module.css";
import { useTexts } from "./texts";
import { useOperators } from "./useOperators";

function Assign({ task }: { task: TaskCard }) {
  const say = useTexts();
  const assign = useAct((assignee: string | null) => api.post(`/tasks/${task.id}/assign`, { assignee }), { refresh: ["/tasks"], done: say("assigned") });
  return (
    <Select
      aria-label={say("assign")}
      placeholder={say("assign")}
      searchable
      clearable
      w={190}
      value={task.assignee}
      data={useOperators()}
      onChange={(value) => assign.mutate(value)}
    />
  );
}

/** Who works on the task: take it, give it back, hand it to somebody. */
export function Holding({ task }: { task: TaskCard }) {
  const say = useTexts();
  const { user, rights } = useMe();
  const take = useAct(() => api.post(`/tasks/${task.id}/take`), { refresh: ["/tasks", "/home"] });
  const release = useAct(() => api.post(`/tasks/${task.id}/release`), { refresh: ["/tasks", "/home"] });
  const mayWork = rights.includes("task.work");
  const isMine = task.assignee === user.name;
  const isFree = task.assignee === null;
  useKeys(
    mayWork && (isFree || isMine)
      ? [
          isFree
            ? { keys: "t", title: say("take"), run: () => take.mutate(undefined) }
            : { keys: "r", title: say("release"), run: () => release.mutate(undefined) },
        ]
      : [],
  );
  return (
    <div className={classes.holding}>
      <span>{isMine ? say("whose.yours") : (task.assignee ?? say("whose.nobody"))}</span>
      {mayWork && isFree && (
        <Button variant="light" loading={take.isPending} onClick={() => take.mutate(undefined)}>
          {say("take")}
        </Button>
      )}
      {mayWork && isMine && (
        <Button variant="default" loading={release.isPending} onClick={() => release.mutate(undefined)}>
          {say("release")}
        </Button>
      )}
      {rights.includes("task.assign") && <Assign task={task} />}
    </div>
  );
}
