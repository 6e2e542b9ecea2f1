import { useNetwork } from "@mantine/hooks";
import { IconPlugConnectedX } from "@tabler/icons-react";
import classes from "./Shell.module.css";
import { useAppTexts } from "./texts";

/** Says that the machine has no network, and that nothing typed is lost. */
export function OfflineBanner() {
  const say = useAppTexts();
  const { online } = useNetwork();
  if (online) return null;
  return (
    <div className={classes.offline} role="status">
      <IconPlugConnectedX size={16} aria-hidden="true" />
      {say("offline")}
    </div>
  );
}
