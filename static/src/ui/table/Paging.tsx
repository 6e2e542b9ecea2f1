import { Pagination, Select } from "@mantine/core";
import { useUiTexts } from "../texts";
import { useFormat } from "../useFormat";
import classes from "./DataTable.module.css";

const SIZES = ["25", "50", "100", "200"];

interface Props {
  total: number;
  more: boolean;
  page: number;
  size: number;
  onPage: (page: number) => void;
  onSize: (size: number) => void;
}

/** Which rows of how many, and the way to the others. */
export function Paging({ total, more, page, size, onPage, onSize }: Props) {
  const say = useUiTexts();
  const { number } = useFormat();
  const pages = Math.max(1, Math.ceil(total / size));
  const from = total === 0 ? 0 : (page - 1) * size + 1;
  return (
    <nav className={`${classes.paging} ks-no-print`} aria-label={say("paging.label")}>
      <span className="ks-muted">
        {say(more ? "paging.rangeOfMore" : "paging.range", { from: number(from), to: number(Math.min(total, page * size)), total: number(total) })}
      </span>
      <div className={classes.pages}>
        <Select
          aria-label={say("paging.size")}
          data={SIZES.map((value) => ({ value, label: say("paging.perPage", { size: value }) }))}
          value={String(size)}
          allowDeselect={false}
          size="xs"
          w={118}
          onChange={(value) => onSize(Number(value))}
        />
        {pages > 1 && (
          <Pagination
            size="sm"
            total={pages}
            value={page}
            onChange={onPage}
            siblings={1}
            getItemProps={(one) => ({ "aria-label": say("paging.page", { page: one }) })}
            getControlProps={(control) => ({ "aria-label": say(control === "next" ? "paging.next" : "paging.previous") })}
          />
        )}
      </div>
    </nav>
  );
}
