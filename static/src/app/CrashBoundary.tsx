import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { EmptyState } from "../ui/states";
import { useUiTexts } from "../ui/texts";

function Crashed() {
  const say = useUiTexts();
  return (
    <EmptyState
      icon={IconAlertTriangle}
      title={say("error.crash")}
      actions={<Button onClick={() => window.location.reload()}>{say("retry")}</Button>}
    >
      <p>{say("error.crashText")}</p>
    </EmptyState>
  );
}

/** A page that fails to draw takes nothing else with it. */
export class CrashBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    return this.state.isBroken ? <Crashed /> : this.props.children;
  }
}
