import { Button } from "@mantine/core";
import { IconCompassOff } from "@tabler/icons-react";
import { Link } from "react-router";
import { Page } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { useAppTexts } from "./texts";

export function NotFound() {
  const say = useAppTexts();
  return (
    <Page title={say("notFound.title")}>
      <EmptyState
        icon={IconCompassOff}
        title={say("notFound.title")}
        actions={
          <Button component={Link} to="/">
            {say("notFound.home")}
          </Button>
        }
      >
        <p>{say("notFound.text")}</p>
      </EmptyState>
    </Page>
  );
}
