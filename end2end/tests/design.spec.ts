// The components that pages are made of, each in every state: photographed, checked by axe, used by keyboard.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hydrated, expect, test } from "../console.ts";
import type { Page } from "@playwright/test";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = new URL("../test-results/design/", import.meta.url).pathname;

async function show(page: Page, url: string, width: number, theme: "light" | "dark"): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.context().addCookies([{ name: "meshspan_theme", value: theme, url }]);
  await page.goto(new URL("/design", url).href);
  await hydrated(page);
  await page.evaluate(() => document.fonts.ready);
  await expect(page.getByRole("heading", { level: 1, name: "Components" })).toBeVisible();
}

type Violation = { id: string; nodes: { html: string }[] };

/** The rules that the page breaks, each with the elements. */
async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the policy of the page for scripts does not bind.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(within: string): Promise<{ violations: Violation[] }> } };
    const found = await axe.run("main");
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  });
}

const component = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

for (const width of [1440, 390]) {
  for (const theme of ["light", "dark"] as const) {
    test(`every component fits, has contrast and names at ${width} px, ${theme}`, async ({ page, console: own }) => {
      await show(page, own.url, width, theme);
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: `${pictures}${width}-${theme}.png`, fullPage: true });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(over, "the page is wider than its window").toBeLessThanOrEqual(0);
      expect(await violations(page)).toEqual([]);
    });
  }
}

test("a problem card starts its action, unless it runs or is disabled, and says why", async ({ page, console: own }) => {
  await show(page, own.url, 1440, "light");
  const cards = component(page, "What is broken");
  const first = cards.getByRole("listitem", { name: "istiod cannot reach API server of west" });
  await expect(first).toContainText("Unreachable");
  await expect(first).toContainText(/Since \d\d:\d\d.*As of/);
  await expect(first).toContainText("Undo: restores Secret version 41");
  const last = page.getByRole("status", { name: "Last action of a component" });
  const repoint = first.getByRole("button", { name: "Repoint remote secret" });
  await repoint.focus();
  await page.keyboard.press("Enter");
  await expect(last).toHaveText("unreachable");
  const refused = cards.getByRole("listitem", { name: /^payments/ });
  await expect(refused).toContainText("Istio 1.0 has no locality failover.");
  await refused.getByRole("button").focus();
  await page.keyboard.press("Enter");
  await cards.getByRole("listitem", { name: /^ledger/ }).getByRole("button").press("Enter");
  await expect(last).toHaveText("unreachable");
});

test("a plan lists its objects by cluster, and shows a difference by keyboard", async ({ page, console: own }) => {
  await show(page, own.url, 1440, "light");
  const plan = component(page, "Plan to join north");
  await expect(plan).toContainText("2 create · 1 adopt · 1 change · 1 keep · 1 delete");
  await expect(plan).toContainText("About 50s");
  const north = plan.getByRole("group", { name: "north" });
  await expect(north).toContainText("5 objects");
  const changed = north.getByRole("button", { name: /Change.*Namespace.*istio-system/ });
  await changed.press("Enter");
  await expect(changed).toHaveAttribute("aria-expanded", "true");
  await expect(north.getByRole("region", { name: "Namespace istio-system" })).toContainText("net-2");
  await plan.getByText("Equivalent kubectl commands").click();
  await expect(plan.getByRole("button", { name: "Copy commands" })).toBeVisible();
});
