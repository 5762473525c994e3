// The guided steps of a mesh, shared by several tests.
import { expect, type Locator, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { hydrated } from "./console.ts";
import { open } from "./steps.ts";

/** The number of decisions of the operator: clicks and checkboxes. */
export const operator = { decisions: 0 };

/** Clicks a button that needs a decision. */
export async function decide(button: Locator): Promise<void> {
  operator.decisions += 1;
  await button.click();
}

/** The selected step by its title: what it does and its plan. Without another choice it is the current one. */
export const step = (page: Page, name: RegExp) => page.getByRole("region", { name });

/** The steps of a mesh. */
export const steps = (page: Page) => page.getByRole("navigation", { name: "Steps" });

/** Selects a step in the list of the steps. */
export async function selectStep(page: Page, name: RegExp): Promise<Locator> {
  const link = steps(page).getByRole("link", { name });
  await link.click();
  await expect(link).toHaveAttribute("aria-current", "step");
  await expect(step(page, name)).toBeVisible();
  return step(page, name);
}

/** The sample of a mesh, through which it is verified. */
export const sample = (page: Page) => page.getByRole("region", { name: "Sample application" });

/** Deploys the resources of a step. */
export async function deployStep(page: Page, name: RegExp): Promise<void> {
  await hydrated(page);
  const button = step(page, name).getByRole("button", { name: /^Deploy \d+ resources?/ });
  await expect(button).toBeEnabled({ timeout: 90_000 });
  await decide(button);
}

/** Waits for the checks of a mesh, accepts their warnings, and continues. */
export async function acceptChecks(page: Page): Promise<void> {
  const checks = step(page, /^Cluster checks/);
  // The stages of the checks end one after the other; the button is shown after the last one.
  await expect(checks.getByRole("button", { name: "Continue" })).toBeVisible({ timeout: 60_000 });
  await expect(checks.getByText(/\d+ passed · \d+ warnings? · 0 failed/)).toBeVisible();
  const accept = checks.getByRole("checkbox", { name: /^Accept \d+ warnings?$/ });
  if (await accept.isVisible()) {
    operator.decisions += 1;
    await accept.check();
  }
  await decide(checks.getByRole("button", { name: "Continue" }));
}

/** Creates a mesh of the two clusters, and accepts its checks. */
export async function createMesh(page: Page, primary: string, remote: string): Promise<void> {
  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await expect(page.getByRole("radio", { name: primary })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: remote })).toBeChecked();
  const warnings = page.getByRole("checkbox", { name: /^Accept \d+ warnings?$/ });
  if (await warnings.isVisible()) {
    operator.decisions += 1;
    await warnings.check();
  }
  await decide(page.getByRole("button", { name: "Create mesh" }));
  await acceptChecks(page);
}

/** From the control plane to the chart on the remote. */
export async function joinRemote(page: Page, remote: string): Promise<void> {
  await deployStep(page, /^Control plane on/);
  const joins = step(page, new RegExp(`^Join ${remote}`));
  await expect(joins.getByText("istio-multi").first()).toBeVisible({ timeout: 90_000 });
  await decide(joins.getByRole("button", { name: `Join ${remote}`, exact: true }));
  const injector = step(page, /^Injector on/);
  await expect(injector.getByText("global.remotePilotAddress")).toBeVisible({ timeout: 90_000 });
  await expect(injector.getByRole("group", { name: "Parameters" }).getByText("istio-ilbgateway")).toBeVisible();
  await deployStep(page, /^Injector on/);
}

/** Unfolds the uninstallation of a mesh. */
async function unfoldRemoval(page: Page): Promise<Locator> {
  const steps = page.getByRole("list", { name: "Uninstall mesh" });
  await expect(async () => {
    if (!(await steps.isVisible())) await page.getByText("Uninstall mesh").click();
    await expect(steps).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  return steps;
}

/** Uninstalls the mesh in reverse order; `releases` are the installed releases of the sample. */
export async function uninstallMesh(page: Page, remote: string, releases: string[] = []): Promise<void> {
  for (const release of [...releases, "ack-istio-remote", "", "ack-istio"]) {
    const steps = await unfoldRemoval(page);
    await steps.getByRole("button", { name: "Undo" }).first().click();
    const dialog = page.getByRole("dialog");
    if (release) {
      await dialog.getByRole("textbox", { name: `Type ${release} to confirm` }).fill(release);
      await dialog.getByRole("button", { name: /^Uninstall \d+ resources?/ }).click();
      await expect(page.getByText("The release is uninstalled.")).toBeVisible({ timeout: 90_000 });
    } else {
      await dialog.getByRole("textbox", { name: `Type ${remote} to confirm` }).fill(remote);
      await dialog.getByRole("button", { name: `Remove ${remote} from mesh` }).click();
      await expect(page.getByText("The remote has left the mesh")).toBeVisible({ timeout: 90_000 });
    }
    await page.getByRole("link", { name: /^Back to mesh/ }).click();
  }
  await expect(page.getByText("1 of 7 steps complete")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Uninstall mesh")).toHaveCount(0);
}

/** Uninstalls a mesh of current Istio in reverse order. */
export async function uninstallCurrentMesh(page: Page, remote: string): Promise<void> {
  for (const name of ["bookinfo-details", "bookinfo", remote, "ack-istio-remote", "ack-istio"]) {
    const steps = await unfoldRemoval(page);
    await steps.getByRole("button", { name: "Undo" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: `Type ${name} to confirm` }).fill(name);
    await dialog.getByRole("button", { name: new RegExp(`^(Uninstall( \\d+ resources?)?|Remove ${remote} from mesh)$`) }).click();
    await expect(page.getByText(/^The (release is|releases are) uninstalled\.$|^The remote has left the mesh/)).toBeVisible({ timeout: 120_000 });
    await page.getByRole("link", { name: /^Back to mesh/ }).click();
  }
  await expect(page.getByText("1 of 7 steps complete")).toBeVisible({ timeout: 60_000 });
}

/** Opens the leftovers of a cluster on the page of the mesh. */
export async function openLeftovers(page: Page, cluster: string): Promise<Locator> {
  const leftovers = page.getByRole("list", { name: "Leftovers on the clusters" });
  if (!(await leftovers.isVisible())) await page.getByText("Leftovers on the clusters").click();
  const row = leftovers.getByRole("listitem").filter({ hasText: `Leftovers on ${cluster}` });
  await row.getByRole("button", { name: "Show leftovers" }).click();
  return page.getByRole("dialog", { name: `Leftovers on ${cluster}` });
}

/** The content of the file of a download link. */
export async function download(page: Page, link: Locator): Promise<string> {
  const started = page.waitForEvent("download");
  await link.click();
  return readFileSync(await (await started).path(), "utf8");
}

/** Downloads the backup of a cluster, deletes all its leftovers, and returns the backup. */
export async function cleanUpCluster(page: Page, cluster: string, namespaces: string[]): Promise<string> {
  const dialog = await openLeftovers(page, cluster);
  const link = dialog.getByRole("link", { name: "Download backup" });
  await expect(dialog.getByRole("button", { name: "Delete selected resources" })).toBeVisible({ timeout: 30_000 });
  const hasCrds = await link.isVisible();
  const saved = hasCrds ? await download(page, link) : "";
  if (hasCrds) await dialog.getByRole("checkbox", { name: /^\d+ Istio CRDs?/ }).check();
  for (const name of namespaces) await dialog.getByRole("checkbox", { name: `Namespace ${name}` }).check();
  const button = dialog.getByRole("button", { name: "Delete selected resources" });
  await expect(button).toBeDisabled();
  const mesh = decodeURIComponent(new URL(page.url()).pathname.split("/").pop() ?? "");
  await dialog.getByRole("textbox", { name: `Type ${mesh} to confirm` }).fill(mesh);
  await button.click();
  await expect(page.getByText("The selected resources are deleted.")).toBeVisible({ timeout: 90_000 });
  if (hasCrds) {
    const stored = page.getByRole("region", { name: "Backup" }).getByRole("link", { name: "Download backup" });
    expect(await download(page, stored)).toBe(saved);
  }
  await page.getByRole("link", { name: /^Back to mesh/ }).click();
  const again = await openLeftovers(page, cluster);
  await expect(again.getByText(`No mesh components are left on ${cluster}.`)).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press("Escape");
  return saved;
}
