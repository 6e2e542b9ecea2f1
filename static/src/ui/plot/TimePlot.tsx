import "uplot/dist/uPlot.min.css";
import { useMantineColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import UPlot from "uplot";
import { useUiTexts } from "../texts";
import { useFormat } from "../useFormat";
import { plotOptions, type PlotSeries } from "./options";
import classes from "./TimePlot.module.css";

interface Props {
  /** What the picture shows, for those who do not see it. */
  label: string;
  height: number;
  /** Seconds since 1970, ascending. */
  times: readonly number[];
  series: readonly PlotSeries[];
  unit: "day" | "hour";
}

/** Figures over time. The values under the pointer stand in the legend; the figures themselves are read out in the label. */
export default function TimePlot({ label, height, times, series, unit }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const { ref: frame, width } = useElementSize();
  const format = useFormat();
  const moment = useUiTexts()("plot.moment");
  const { colorScheme } = useMantineColorScheme();
  const signature = JSON.stringify([times, series.map((one) => [one.name, one.values])]);
  useEffect(() => {
    if (!host.current || width < 40) return undefined;
    const plot = new UPlot(
      plotOptions({ width, height, series, unit, format, moment }),
      [[...times], ...series.map((one) => [...one.values])],
      host.current,
    );
    return () => plot.destroy();
    // The signature stands for times and series, whose identity changes with every refresh.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [signature, width, height, unit, format, moment, colorScheme]);
  return (
    <div ref={frame} className={classes.frame} role="img" aria-label={label}>
      <div ref={host} />
    </div>
  );
}
