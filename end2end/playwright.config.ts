// Browser journeys. Each test file starts its own console (see console.ts); find by role and label.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  // It needs the mesh lab, and runs alone.
  testIgnore: process.env.MESHSPAN_MESH_LAB ? [] : ["lab.spec.ts"],
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 1,
  forbidOnly: !!process.env.CI,
  reporter: "list",
  use: {
    viewport: { width: 1440, height: 900 },
    // Not the zone of the server.
    timezoneId: "Europe/Berlin",
    actionTimeout: 30_000,
    trace: "off",
    launchOptions: {
      executablePath: process.env.MESHSPAN_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
