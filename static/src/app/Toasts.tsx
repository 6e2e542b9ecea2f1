import { Notifications } from "@mantine/notifications";

/** Where what was done, or refused, is said; what was said before this came is said then. */
export default function Toasts() {
  return <Notifications position="bottom-right" transitionDuration={120} />;
}
