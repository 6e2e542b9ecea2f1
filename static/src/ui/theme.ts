import {
  ActionIcon,
  Badge,
  Button,
  createTheme,
  type CSSVariablesResolver,
  Drawer,
  Input,
  type MantineColorsTuple,
  Menu,
  Modal,
  Popover,
  Select,
  Tooltip,
} from "@mantine/core";

const accent: MantineColorsTuple = [
  "#ecf1fe",
  "#d6e1fd",
  "#b9cbfa",
  "#8eabf6",
  "#5f86f0",
  "#406de9",
  "#2c5be8",
  "#2450d2",
  "#1d47c6",
  "#153796",
];

/** Dark enough for white words on it. */
const red: MantineColorsTuple = [
  "#fdecea",
  "#fbd9d5",
  "#f6b3ab",
  "#f08c81",
  "#ea6a5c",
  "#d8402f",
  "#c22f20",
  "#b42318",
  "#971d14",
  "#7a1710",
];

/** Blue-grey steps in place of Mantine's plain grey; they follow the dark tokens. */
const dark: MantineColorsTuple = [
  "#e8ecf3",
  "#c3cbd8",
  "#8c97aa",
  "#6b768a",
  "#364153",
  "#2c3543",
  "#1c222d",
  "#161b24",
  "#131821",
  "#0f131a",
];

const fast = { duration: 120 };
const surface = { backgroundColor: "var(--ks-raised)" };
const raised = { content: surface, header: surface, title: { fontWeight: 650, fontSize: 14 } };
const floating = { transitionProps: fast, shadow: "md" };

/** 13–14 px text, quiet surfaces, one accent. Colours that carry meaning are the --ks tokens in tokens.css. */
export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 5 },
  colors: { accent, dark, red },
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  defaultRadius: 7,
  cursorType: "pointer",
  respectReducedMotion: true,
  headings: {
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.0625rem", lineHeight: "1.35" },
      h2: { fontSize: "0.9375rem", lineHeight: "1.4" },
      h3: { fontSize: "0.875rem", lineHeight: "1.4" },
    },
  },
  components: {
    Button: Button.extend({
      vars: (_theme, props) => ({
        root: props.size ? {} : { "--button-height": "32px", "--button-fz": "13px", "--button-padding-x": "13px" },
      }),
    }),
    Input: Input.extend({
      vars: (_theme, props) => ({
        wrapper: props.size && props.size !== "sm" ? {} : { "--input-height": "32px", "--input-fz": "13px" },
      }),
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray", size: 30 } }),
    Badge: Badge.extend({ defaultProps: { variant: "light", radius: "xl" }, styles: { root: { textTransform: "none" } } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, transitionProps: fast, withArrow: true, multiline: true } }),
    // its place for the first focus would stand among the items of the menu, where nothing else may
    Menu: Menu.extend({ defaultProps: { ...floating, withInitialFocusPlaceholder: false } }),
    Popover: Popover.extend({ defaultProps: floating }),
    // the list itself scrolls: a box in it that scrolls would have to take the focus
    Select: Select.extend({ defaultProps: { checkIconPosition: "right", withScrollArea: false }, styles: { options: { maxHeight: 280, overflowY: "auto" } } }),
    // the page has its header already
    Modal: Modal.extend({ defaultProps: { transitionProps: fast, centered: true, radius: 10, attributes: { header: { role: "none" } } }, styles: raised }),
    Drawer: Drawer.extend({ defaultProps: { transitionProps: fast }, styles: raised }),
  },
});

const shared = {
  "--mantine-color-body": "var(--ks-ground)",
  "--mantine-color-text": "var(--ks-text)",
  "--mantine-color-dimmed": "var(--ks-muted)",
  "--mantine-color-anchor": "var(--ks-accent)",
  "--mantine-color-error": "var(--ks-bad)",
  "--mantine-color-placeholder": "var(--ks-faint)",
  "--mantine-color-default": "var(--ks-card)",
  "--mantine-color-default-hover": "var(--ks-hover)",
  "--mantine-color-default-color": "var(--ks-text)",
  "--mantine-color-default-border": "var(--ks-line-strong)",
};

/** Mantine's own variables point at the tokens, so both colour schemes come from one place. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
