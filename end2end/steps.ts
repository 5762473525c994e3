// Steps that several tests share; elements are located by role and label.
import { expect, type Locator, type Page } from "@playwright/test";
import { hydrated } from "./console.ts";

/** Opens a page of the navigation. */
export async function open(page: Page, name: string): Promise<void> {
  await hydrated(page);
  await page.getByRole("navigation", { name: "Menu" }).getByRole("link", { name }).click();
}

/** The row of a cluster in the list of clusters. */
export const clusterRow = (page: Page, name: string) => page.getByRole("table", { name: "Clusters" }).getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });

/** From the catalog to the checks of a chart on a cluster. */
export async function target(page: Page, chart: string, cluster: string): Promise<void> {
  await open(page, "App Catalog");
  const card = page.getByRole("article", { name: chart, exact: true });
  await card.getByRole("link", { name: /^Install( another)?$/ }).click();
  await page.getByRole("radio", { name: cluster }).check();
  await page.getByRole("button", { name: "Run checks" }).click();
  await expect(page.getByText(/\d+ passed · \d+ warnings? · \d+ failed/)).toBeVisible();
}

/** Opens the page of a chart of the catalog. */
export async function openChart(page: Page, chart: string): Promise<void> {
  await open(page, "App Catalog");
  const card = page.getByRole("article", { name: chart, exact: true });
  await card.getByRole("link", { name: chart, exact: true }).click();
  await hydrated(page);
}

/** Accepts the warnings of the checks and opens the parameters. */
export async function parameters(page: Page): Promise<void> {
  const warnings = page.getByRole("checkbox", { name: /^Accept \d+ warnings?$/ });
  if (await warnings.isVisible()) await warnings.check();
  await page.getByRole("button", { name: "Set parameters" }).click();
  await expect(yaml(page)).toBeVisible();
}

/** The YAML of the operator. */
export const yaml = (page: Page) => page.getByRole("textbox", { name: "Values as YAML" });

/** From the parameters to a running job. */
export async function deploy(page: Page, cluster: string): Promise<void> {
  await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
  await page.getByRole("button", { name: new RegExp(`^Deploy \\d+ resources? to ${cluster}`) }).click();
  await expect(page).toHaveURL(/\/jobs\/\w+/);
}

/** Waits until the job has succeeded. */
export async function installed(page: Page): Promise<void> {
  await expect(page.getByText(/^(All )?\d+ resources? (is|are) ready\.$/)).toBeVisible({ timeout: 90_000 });
}

/** Uninstalls a release after its plan is shown and its name is typed. */
export async function uninstall(page: Page, release: string): Promise<void> {
  await open(page, "Releases");
  await page.getByRole("link", { name: release, exact: true }).click();
  await page.getByRole("button", { name: "Uninstall", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/\d+ resources? will be deleted/)).toBeVisible();
  await dialog.getByRole("textbox", { name: `Type ${release} to confirm` }).fill(release);
  await dialog.getByRole("button", { name: /^Uninstall \d+ resources?$/ }).click();
  await expect(page.getByText("The release is uninstalled.")).toBeVisible({ timeout: 90_000 });
}

/** Installs ack-istio on one cluster and ack-istio-remote on the other, then uninstalls both. */
export async function wholeJourney(page: Page): Promise<void> {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await page.getByRole("searchbox", { name: "Find parameter" }).fill("istio-ilbgateway.enabled");
  await page.getByRole("switch", { name: /^gateways\.istio-ilbgateway\.enabled/ }).check();
  await expect(yaml(page)).toHaveValue(/istio-ilbgateway:\s+enabled: true/);
  await deploy(page, "istio-control-plane");
  await installed(page);
  await page.getByRole("link", { name: "Open release" }).click();
  await expect(page.getByText("istio-ilbgateway").first()).toBeVisible();
  await expect(page.getByText("Deployed").first()).toBeVisible();

  await target(page, "ack-istio-remote", "istio-remote1");
  await parameters(page);
  for (const [key, address] of [
    ["global.remotePilotAddress", "172.16.1.14"],
    ["global.remotePolicyAddress", "172.16.1.17"],
    ["global.remoteTelemetryAddress", "172.16.2.9"],
    ["global.remoteZipkinAddress", "172.16.2.11"],
    ["global.proxy.envoyStatsd.host", "172.16.2.12"],
  ]) {
    await page.getByRole("searchbox", { name: "Find parameter" }).fill(key);
    const field = page.getByRole("textbox", { name: new RegExp(`^${key.replaceAll(".", "\\.")}`) });
    await field.fill(address);
    await field.press("Tab");
    await expect(yaml(page)).toHaveValue(new RegExp(`${key.split(".").at(-1)}: "?${address}`));
  }
  await deploy(page, "istio-remote1");
  await installed(page);

  await uninstall(page, "ack-istio-remote");
  await uninstall(page, "ack-istio");
  await open(page, "Releases");
  await expect(page.getByText("No releases are installed.")).toBeVisible();
}

/** Presses Tab until `target` has a visible focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let turn = 0; turn < 150; turn++) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const visible = await target.evaluate((element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" || element.tagName === "TEXTAREA";
      });
      expect(visible, "the focus is visible").toBe(true);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reaches ${target}`);
}
