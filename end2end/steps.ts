// Steps that several journeys share, by role and label as a person finds them.
import { expect, type Page } from "@playwright/test";
import { awake } from "./console.ts";

/** Opens a page by its place in the rail. */
export async function open(page: Page, name: string): Promise<void> {
  await awake(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
}

/** From the catalog to the checks of a chart on a cluster. */
export async function target(page: Page, chart: string, cluster: string): Promise<void> {
  await open(page, "App Catalog");
  const card = page.getByRole("article", { name: chart, exact: true });
  await card.getByRole("link", { name: /^Install( another)?$/ }).click();
  await page.getByRole("radio", { name: cluster }).check();
  await page.getByRole("button", { name: "Run the checks" }).click();
  await expect(page.getByText(/\d+ passed, \d+ to accept, \d+ to mend/)).toBeVisible();
}

/** Past the checks, their warnings accepted. */
export async function parameters(page: Page): Promise<void> {
  const warnings = page.getByRole("checkbox", { name: /I accept the warnings/ });
  if (await warnings.isVisible()) await warnings.check();
  await page.getByRole("button", { name: "Set the parameters" }).click();
  await expect(yaml(page)).toBeVisible();
}

/** The operator's own text. */
export const yaml = (page: Page) => page.getByRole("textbox", { name: "Values as YAML" });

/** From the parameters to a running job. */
export async function deploy(page: Page, cluster: string): Promise<void> {
  await page.getByRole("button", { name: /^Review \d+ objects/ }).click();
  await page.getByRole("button", { name: new RegExp(`^Deploy \\d+ objects to ${cluster}`) }).click();
  await expect(page).toHaveURL(/\/jobs\/\w+/);
}

/** Until the job says that all is well. */
export async function installed(page: Page): Promise<void> {
  await expect(page.getByText(/All \d+ objects are in place and ready/)).toBeVisible({ timeout: 90_000 });
}

/** Takes a release away, its plan seen and its name typed. */
export async function uninstall(page: Page, release: string): Promise<void> {
  await open(page, "Releases");
  await page.getByRole("link", { name: release, exact: true }).click();
  await page.getByRole("button", { name: "Uninstall", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/\d+ objects go/)).toBeVisible();
  await dialog.getByRole("textbox", { name: `Type ${release} to confirm` }).fill(release);
  await dialog.getByRole("button", { name: /^Uninstall \d+ objects/ }).click();
  await expect(page.getByText("The release is gone.")).toBeVisible({ timeout: 90_000 });
}

/** The whole of it: ack-istio on one cluster, ack-istio-remote on the other, then both away. */
export async function wholeJourney(page: Page): Promise<void> {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await page.getByRole("searchbox", { name: "Find a key" }).fill("istio-ilbgateway.enabled");
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
    await page.getByRole("searchbox", { name: "Find a key" }).fill(key);
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
  await expect(page.getByText("Nothing is installed on these clusters.")).toBeVisible();
}
