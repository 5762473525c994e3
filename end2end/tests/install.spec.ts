// The heart of it: choose a chart, a cluster and a namespace, set a parameter, deploy, watch, uninstall.
import { awake, expect, test } from "../console.ts";
import type { Page } from "@playwright/test";

async function target(page: Page, chart: string, cluster: string): Promise<void> {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "App Catalog" }).click();
  await page.getByRole("article", { name: chart, exact: true }).getByRole("link", { name: "Install", exact: true }).click();
  await page.getByRole("radio", { name: cluster }).check();
  await page.getByRole("button", { name: "Run the checks" }).click();
}

test("ack-istio and ack-istio-remote are installed, seen and uninstalled", async ({ page }) => {
  await awake(page);
  await target(page, "ack-istio", "istio-control-plane");
  await page.getByRole("checkbox", { name: /I accept the warnings/ }).check();
  await page.getByRole("button", { name: "Set the parameters" }).click();
  await page.getByRole("searchbox", { name: "Find a key" }).fill("istio-ilbgateway.enabled");
  await page.getByRole("switch", { name: /gateways.istio-ilbgateway.enabled/ }).check();
  await expect(page.getByRole("textbox", { name: "Values as YAML" })).toHaveValue(/istio-ilbgateway:\s+enabled: true/);
  await page.getByRole("button", { name: /^Review \d+ objects/ }).click();
  await page.getByRole("button", { name: /^Deploy \d+ objects to istio-control-plane/ }).click();
  await expect(page.getByRole("heading", { name: "Installing ack-istio on istio-control-plane" })).toBeVisible();
  await expect(page.getByText(/All \d+ objects are in place and ready/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole("link", { name: "Open release" }).click();
  await expect(page.getByText("istio-ilbgateway").first()).toBeVisible();
  await expect(page.getByText("Deployed").first()).toBeVisible();
});
