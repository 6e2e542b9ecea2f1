import { Skeleton } from "@mantine/core";
import classes from "./Shell.module.css";

/** The frame of the application while it asks who is here. */
export function ShellSkeleton() {
  return (
    <div className={classes.shell} aria-busy="true">
      <div className={classes.aside}>
        {Array.from({ length: 9 }, (_, index) => (
          <Skeleton key={index} height={14} width={`${55 + ((index * 17) % 35)}%`} mx={18} mt={18} />
        ))}
      </div>
      <div className={classes.main}>
        <Skeleton height={20} width="30%" m={16} />
        <Skeleton height={160} mx={16} w="auto" />
      </div>
    </div>
  );
}
