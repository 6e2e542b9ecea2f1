import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import type { Language, ThemeChoice } from "../api/types";
import { useFormat } from "../ui/useFormat";
import { useChoices, useMe } from "./me";
import classes from "./Shell.module.css";
import { useAppTexts } from "./texts";

const LANGUAGES: readonly { value: Language; title: string }[] = [
  { value: "ru", title: "Русский" },
  { value: "en", title: "English" },
];

const THEMES: readonly { value: ThemeChoice; icon: typeof IconSun }[] = [
  { value: "light", icon: IconSun },
  { value: "dark", icon: IconMoon },
  { value: "auto", icon: IconDeviceDesktop },
];

function initials(name: string): string {
  return name
    .split(/[^\p{L}]+/u)
    .filter(Boolean)
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join("")
    .toUpperCase();
}

/** Who is here, the language, the theme, the keys, the way out. */
export function ProfileMenu({ onKeys }: { onKeys: () => void }) {
  const say = useAppTexts();
  const { user } = useMe();
  const { language } = useFormat();
  const { colorScheme } = useMantineColorScheme();
  const { chooseLanguage, chooseTheme } = useChoices();
  const name = user.full_name || user.name;
  const chosen = <IconCheck size={14} aria-hidden="true" />;
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.profile} title={name}>
          <span className={classes.avatar} aria-hidden="true">
            {initials(name)}
          </span>
          <span className={classes.profileText}>
            <span className="ks-cut">{name}</span>
            <span className={classes.profileRole}>{user.roles.map((role) => say.known(`roles.${role}`, role)).join(", ")}</span>
          </span>
          <span className="ks-only-read">{say("profile.label")}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say("profile.language")}</Menu.Label>
        {LANGUAGES.map(({ value, title }) => (
          <Menu.Item key={value} lang={value} onClick={() => void chooseLanguage(value)} rightSection={language === value && chosen}>
            {title}
          </Menu.Item>
        ))}
        <Menu.Label>{say("profile.theme")}</Menu.Label>
        {THEMES.map(({ value, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={15} />}
            onClick={() => chooseTheme(value)}
            rightSection={colorScheme === value && chosen}
          >
            {say(`profile.themes.${value}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={15} />} onClick={onKeys} rightSection={<kbd>?</kbd>}>
          {say("keys.title")}
        </Menu.Item>
        <Menu.Item component="a" href="/logout/" leftSection={<IconLogout size={15} />}>
          {say("profile.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
