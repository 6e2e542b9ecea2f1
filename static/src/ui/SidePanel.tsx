import { CloseButton, Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import classes from "./SidePanel.module.css";
import { useUiTexts } from "./texts";

interface Props {
  title: ReactNode;
  /** In one word, for those who do not see the panel. */
  label: string;
  onClose: () => void;
  width?: number;
  children: ReactNode;
}

/** The selected thing: beside the list where there is room, over it where there is not. */
export function SidePanel({ title, label, onClose, width = 400, children }: Props) {
  const say = useUiTexts();
  const isNarrow = useMediaQuery("(max-width: 1099px)", window.innerWidth < 1100);
  if (isNarrow) {
    return (
      <Drawer opened onClose={onClose} title={title} position="right" size="md" closeButtonProps={{ "aria-label": say("close") }}>
        {children}
      </Drawer>
    );
  }
  return (
    <aside className={classes.panel} style={{ width }} aria-label={label}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        <CloseButton onClick={onClose} aria-label={say("close")} />
      </div>
      <div className={classes.body}>{children}</div>
    </aside>
  );
}
