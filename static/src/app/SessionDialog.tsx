import { Button, Group, Modal, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { api, configureSession } from "../api/client";
import type { Me } from "../api/types";
import { markSignedIn, useSessionExpired } from "./session";
import { useAppTexts } from "./texts";

/** The session ran out: sign in in another tab, then go on here with everything that was typed. */
export function SessionDialog() {
  const say = useAppTexts();
  const isExpired = useSessionExpired();
  const client = useQueryClient();
  const [isStillOut, setStillOut] = useState(false);
  const me = client.getQueryData<Me>(["/me", {}]);

  const check = useCallback(async () => {
    try {
      const now = await api.get<Me>("/me");
      if (me && now.user.name !== me.user.name) {
        window.location.assign("/");
        return;
      }
      configureSession({ csrf: now.csrf });
      markSignedIn();
      setStillOut(false);
      await client.invalidateQueries();
    } catch {
      setStillOut(true);
    }
  }, [client, me]);

  useEffect(() => {
    if (!isExpired) return undefined;
    const whenBack = () => void check();
    window.addEventListener("focus", whenBack);
    return () => window.removeEventListener("focus", whenBack);
  }, [isExpired, check]);

  return (
    <Modal
      opened={isExpired && me !== undefined}
      onClose={() => undefined}
      withCloseButton={false}
      title={say("session.title")}
      zIndex={1000}
    >
      <Text size="sm">{say("session.text")}</Text>
      {isStillOut && (
        <Text size="sm" c="var(--ks-warn)" mt="xs" role="status">
          {say("session.stillOut")}
        </Text>
      )}
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={() => void check()}>
          {say("session.goOn")}
        </Button>
        <Button component="a" href="/login/" target="_blank" rel="noopener" data-autofocus>
          {say("session.signIn")}
        </Button>
      </Group>
    </Modal>
  );
}
