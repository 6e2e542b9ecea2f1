import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server renders the shell and reads the manifest, so no HTML is built and no inline script is needed:
// the strict content security policy stays whole. Chunks follow dynamic imports.
export default defineConfig({
  base: "/static/dist/",
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The graph and chart libraries are large on their own and load only with the pages that draw.
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: "src/main.tsx",
      // What jsPDF loads to draw web pages: Kaskad's PDF is drawn from SVG and never asks for it.
      external: ["html2canvas", "canvg", "dompurify"],
      // else every component of a library that comes as one file stays in, used or not
      // What many pages share comes in one piece: dozens of small ones compress worse and are asked for one by one.
      // Calendars are large, and pages that ask for no day need none, however many others do.
      output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 10, test: /^(?!.*@mantine[\\/]dates)/ }] } },
      treeshake: { manualPureFunctions: ["memo", "forwardRef", "createContext"] },
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    passWithNoTests: true,
    maxWorkers: 1,
    css: false,
  },
});
