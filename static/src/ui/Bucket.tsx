import { bucketHeat } from "./bucketHeat";
import classes from "./Bucket.module.css";
import { useUiTexts } from "./texts";

/** A bucket as a square of its colour and its name. */
export function Bucket({ bucket, title }: { bucket: string; title?: string }) {
  const say = useUiTexts();
  return (
    <span className={classes.bucket}>
      <span className={classes.mark} data-heat={bucketHeat(bucket)} aria-hidden="true" />
      {title ?? say.known(`buckets.${bucket}`)}
    </span>
  );
}
