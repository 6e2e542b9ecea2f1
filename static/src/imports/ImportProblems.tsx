import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { apiUrl } from "../api/client";
import type { ImportCard, ImportProblem } from "../api/types/imports";
import type { Column } from "../ui/table/columns";
import { DataTable } from "../ui/table/DataTable";
import classes from "./Imports.module.css";
import { useTexts } from "./texts";

/** One row may have several problems: they are told apart by their place in the list. */
type Numbered = ImportProblem & { index: number };

/** The first wrong rows, and all of them as a file. */
export function ImportProblems({ card }: { card: ImportCard }) {
  const say = useTexts();
  // There each problem is a card, and its heading has to say what the number is.
  const isNarrow = useMediaQuery("(max-width: 640px)", window.innerWidth <= 640);
  const columns: Column<Numbered>[] = [
    { key: "row", title: say("problems.row"), card: "title", render: (row) => (isNarrow ? say("problems.rowNumber", { n: row.row }) : row.row) },
    {
      key: "cell",
      title: say("problems.cell"),
      maxWidth: 190,
      render: (row) => (
        <>
          {row.column && <div className="ks-cut">{row.column}</div>}
          {row.value && (
            <div className={`ks-muted ks-cut ${classes.value}`} title={row.value}>
              {row.value}
            </div>
          )}
          {!row.column && !row.value && "–"}
        </>
      ),
    },
    { key: "text", title: say("problems.text"), wrap: true, render: (row) => row.text },
  ];
  return (
    <section aria-label={say("problems.title")}>
      <div className={classes.spread}>
        <h3 className={classes.heading}>{say("problems.title")}</h3>
        <Button
          component="a"
          href={apiUrl(`/imports/${card.id}/problems.csv`)}
          download
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} />}
        >
          {say("problems.download")}
        </Button>
      </div>
      <div className={classes.problems}>
        <DataTable
          label={say("problems.title")}
          columns={columns}
          rows={card.problems.map((problem, index) => ({ ...problem, index }))}
          rowKey={(row) => row.index}
          empty={null}
        />
      </div>
    </section>
  );
}
