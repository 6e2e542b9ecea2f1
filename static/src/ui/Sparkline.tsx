import classes from "./Sparkline.module.css";

interface Props {
  values: readonly number[];
  /** What the line shows, for those who do not see it. */
  label: string;
  width?: number;
  height?: number;
}

/** A line of small counts without axes; its label says what it counts. */
export function Sparkline({ values, label, width = 96, height = 24 }: Props) {
  const top = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(height - 1.5 - (value / top) * (height - 3)).toFixed(1)}`);
  return (
    <svg className={classes.line} viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      {points.length > 1 && <polygon points={`0,${height} ${points.join(" ")} ${width},${height}`} />}
      <polyline points={points.join(" ")} />
    </svg>
  );
}
