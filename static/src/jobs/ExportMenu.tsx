import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { api, apiUrl, type Query } from "../api/client";
import type { Job } from "../api/types/jobs";
import { useUiTexts } from "../ui/texts";
import { useAct } from "../ui/useAct";
import { watchJob } from "./watched";

export type ExportFormat = "csv" | "xlsx" | "jsonl";

/** More rows than this are written in the background; fewer come at once. */
const LONG = 10_000;

interface Props {
  path: string;
  /** The query of the list: what is shown is what is exported, without paging. */
  query: Query;
  /** How many rows the list has, as far as it is known. */
  total: number | undefined;
  formats?: readonly ExportFormat[];
}

function filtersOf(query: Query): Record<string, string> {
  const asked = Object.entries({ ...query, page: null, size: null });
  return Object.fromEntries(asked.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => [name, String(value)]));
}

/** The rows of the list as a file. A long list becomes one in a job, which says when it is ready. */
export function ExportMenu({ path, query, total = 0, formats = ["csv", "xlsx"] }: Props) {
  const say = useUiTexts();
  const start = useAct(
    (format: ExportFormat) => api.post<Job>("/jobs/exports", { list: path.slice(1), query: filtersOf(query), format }),
    { refresh: ["/jobs"], onDone: (job) => watchJob(job.id) },
  );
  const isLong = total > LONG;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={15} />} loading={start.isPending}>
          {say("export.title")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map((format) =>
          isLong ? (
            <Menu.Item key={format} onClick={() => start.mutate(format)}>
              {say(`export.${format}`)}
            </Menu.Item>
          ) : (
            <Menu.Item key={format} component="a" href={apiUrl(path, { ...query, page: null, size: null, format })} download>
              {say(`export.${format}`)}
            </Menu.Item>
          ),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
