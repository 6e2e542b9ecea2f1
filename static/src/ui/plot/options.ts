import UPlot, { type Axis, type Options, type Series } from "uplot";
import { instant, day } from "../format";
import type { Format } from "../useFormat";

export interface PlotSeries {
  name: string;
  values: readonly number[];
  /** A value in full, for the legend. */
  show: (value: number) => string;
  /** A value on the axis; only the first series has one. */
  short?: (value: number) => string;
  /** `none` stands in the legend only. */
  kind: "bars" | "line" | "none";
}

interface Wish {
  width: number;
  height: number;
  series: readonly PlotSeries[];
  unit: "day" | "hour";
  format: Format;
  /** What the time is called, for those who do not see the picture. */
  moment: string;
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Whole steps: nothing shown here comes in halves. */
const STEPS = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((one) => one * 10 ** power)).flat();

const COLOURS = ["--ks-plot", "--ks-group-people", "--ks-group-legal"];

function drawn(one: PlotSeries, index: number): Series {
  const colour = token(COLOURS[index % COLOURS.length] ?? "--ks-plot");
  const common: Series = { label: one.name, value: (_plot, value) => (value === null ? "–" : one.show(value)), points: { show: one.values.length === 1 } };
  if (one.kind === "none") return { ...common, scale: "none", stroke: "transparent" };
  if (one.kind === "line") return { ...common, scale: index === 0 ? "y" : `y${index}`, stroke: colour, width: 1.5 };
  const bars = UPlot.paths.bars?.({ size: [0.72, 26], radius: 0.18 });
  return { ...common, scale: "y", stroke: colour, fill: colour, width: 0, ...(bars && { paths: bars }) };
}

/** How uPlot draws it: one quiet grid, the clock of the portfolio, words of the language. */
export function plotOptions({ width, height, series, unit, format, moment }: Wish): Options {
  const quiet: Axis = {
    stroke: token("--ks-muted"),
    grid: { stroke: token("--ks-line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  const said = (seconds: number) => {
    const iso = new Date(seconds * 1000).toISOString();
    return unit === "day" ? day(iso.slice(0, 10), format.language) : instant(iso, format.language);
  };
  const onAxis = (seconds: number) => (unit === "day" ? said(seconds) : (said(seconds).split(", ")[1] ?? ""));
  const step = unit === "day" ? 86_400 : 3_600;
  const last = (series[0]?.values.length ?? 0) - 1;
  /** Without a pointer the legend tells the newest values. */
  const tellLast = (plot: UPlot) => {
    if (plot.cursor.idx === null || plot.cursor.idx === undefined) plot.setLegend({ idx: last }, false);
  };
  const short = series[0]?.short ?? series[0]?.show;
  return {
    width,
    height: height - 26,
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    // at the right there is room for half of the last time
    padding: [8, 18, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    legend: { live: true },
    hooks: { ready: [tellLast], setCursor: [tellLast] },
    scales: {
      // from the times themselves: around a single one uPlot would show years
      x: { range: ({ data: [times] }) => [(times[0] ?? 0) - step / 2, (times.at(-1) ?? 0) + step / 2] },
      y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] },
    },
    axes: [
      {
        ...quiet,
        grid: { show: false },
        space: 64,
        size: 26,
        values: (_plot, splits) => splits.map(onAxis),
        ...(last === 0 && { splits: ({ data: [times] }: UPlot) => [...times] }),
      },
      { ...quiet, size: 74, space: 34, incrs: STEPS, values: (_plot, splits) => splits.map((value) => short?.(value) ?? "") },
    ],
    series: [{ label: moment, value: (_plot, value) => (value === null ? "" : said(value)) }, ...series.map(drawn)],
  };
}
