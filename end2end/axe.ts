// Checks a page with axe, and that it is not wider than its window.
import { expect, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

type Violation = { id: string; nodes: { html: string }[] };

/** Expects that a part of the page breaks no rule of axe, and that the page fits its window. */
export async function accessible(page: Page, within = "main"): Promise<void> {
  // Evaluated by the debugger, which the policy of the page for scripts does not bind.
  await page.evaluate(axe);
  const violations = await page.evaluate(async (within) => {
    const { axe } = window as unknown as { axe: { run(within: string): Promise<{ violations: Violation[] }> } };
    const found = await axe.run(within);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }, within);
  expect(violations).toEqual([]);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over, "the page is wider than its window").toBeLessThanOrEqual(0);
}

/** The same at 1440 and 390 px, light and dark. */
export async function accessibleEverywhere(page: Page, within = "main"): Promise<void> {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const theme of ["light", "dark"]) {
      await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
      await accessible(page, within);
      const shots = process.env.MESHSPAN_SHOTS;
      if (shots) await page.screenshot({ path: `${shots}-${width}-${theme}.png` });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}
