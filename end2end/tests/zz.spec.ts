import { expect, test } from "../console.ts";
import { open, target } from "../steps.ts";
import { step } from "../mesh-steps.ts";
import type { Page } from "@playwright/test";
const shot = async (page: Page, name: string) => {
  for (const [w, scheme] of [[1440, "light"], [390, "dark"], [1440, "dark"], [390, "light"]] as const) {
    await page.setViewportSize({ width: w, height: 1000 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.waitForTimeout(250);
    await page.screenshot({ path: `/tmp/s-${name}-${w}-${scheme}.png` });
  }
  await page.setViewportSize({ width: 1440, height: 1000 });
};
test("shots", async ({ page }) => {
  test.setTimeout(200000);
  await open(page, "Clusters");
  await shot(page, "clusters");
  await page.getByRole("link", { name: "istio-remote1" }).first().click();
  await page.waitForTimeout(1500);
  await shot(page, "cluster");
  await page.evaluate(() => window.scrollTo(0, 5000)); await page.screenshot({ path: "/tmp/s-cluster-end.png" });
  await target(page, "ack-istio", "istio-control-plane");
  await shot(page, "wizard");
  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await page.waitForTimeout(800);
  await shot(page, "new");
  await page.getByRole("button", { name: "Begin" }).click();
  await expect(step(page, /^Checks/)).toBeVisible();
  for (let n = 0; n < 8; n++) { await page.screenshot({ path: `/tmp/s-stream-${n}.png` }); await page.waitForTimeout(60); }
  await expect(step(page, /^Checks/).getByRole("button", { name: "Go on" })).toBeVisible();
  await shot(page, "checks");
});
