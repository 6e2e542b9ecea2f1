import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { apiUrl, type Query } from "../../api/client";
import { useUiTexts } from "../texts";

export type ExportFormat = "csv" | "xlsx" | "jsonl";

interface Props {
  path: string;
  /** The query of the list: what is shown is what is exported, without paging. */
  query: Query;
  formats?: readonly ExportFormat[];
}

/** The rows of the list as a file. */
export function ExportMenu({ path, query, formats = ["csv", "xlsx"] }: Props) {
  const say = useUiTexts();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={15} />}>
          {say("export.title")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map((format) => (
          <Menu.Item key={format} component="a" href={apiUrl(path, { ...query, page: null, size: null, format })} download>
            {say(`export.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
