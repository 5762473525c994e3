// The guided path of a mesh, as several journeys walk it.
import { expect, type Locator, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { open } from "./steps.ts";

/** Decisions that the operator took so far: clicks and ticks that had to be. */
export const taken = { decisions: 0 };

/** Clicks what somebody has to decide. */
export async function decide(button: Locator): Promise<void> {
  taken.decisions += 1;
  await button.click();
}

/** A step of the path by its title. */
export const step = (page: Page, name: RegExp) => page.getByRole("listitem", { name });

/** What the control plane and the page say. */
export const picture = (page: Page) => page.getByRole("region", { name: "Who serves what from where" });

/** Deploys what a step is about to deploy. */
export async function deployStep(page: Page, name: RegExp): Promise<void> {
  const button = step(page, name).getByRole("button", { name: /^Deploy \d+ objects/ });
  await expect(button).toBeEnabled({ timeout: 90_000 });
  await decide(button);
}

/** Begins a mesh of the two clusters, and goes on from the checks. */
export async function beginMesh(page: Page, primary: string, remote: string): Promise<void> {
  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await expect(page.getByRole("radio", { name: primary })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: remote })).toBeChecked();
  await decide(page.getByRole("button", { name: "Begin" }));
  const checks = step(page, /^Checks/);
  // The checks come in one stage after the other; the way on is there when all have.
  await expect(checks.getByRole("button", { name: "Go on" })).toBeVisible({ timeout: 60_000 });
  await expect(checks.getByText(/\d+ passed, \d+ to accept, 0 to mend/)).toBeVisible();
  const accept = checks.getByRole("checkbox", { name: /I accept the warnings/ });
  if (await accept.isVisible()) {
    taken.decisions += 1;
    await accept.check();
  }
  await decide(checks.getByRole("button", { name: "Go on" }));
}

/** From the control plane to the remote's chart. */
export async function joinRemote(page: Page, remote: string): Promise<void> {
  await deployStep(page, /^Control plane on/);
  const joins = step(page, new RegExp(`^${remote} joins`));
  await expect(joins.getByText("istio-multi").first()).toBeVisible({ timeout: 90_000 });
  await decide(joins.getByRole("button", { name: `Join ${remote}` }));
  const injector = step(page, /^Injector on/);
  await expect(injector.getByText("global.remotePilotAddress")).toBeVisible({ timeout: 90_000 });
  await expect(injector.getByText("istio-ilbgateway")).toBeVisible();
  await deployStep(page, /^Injector on/);
}

/** Takes everything away again, the last first; `releases` are those of the sample that are there. */
export async function removeMesh(page: Page, remote: string, releases: string[] = []): Promise<void> {
  const back = page.getByRole("list", { name: "Remove the mesh" });
  for (const release of [...releases, "ack-istio-remote", "", "ack-istio"]) {
    await page.getByText("Remove the mesh").click();
    await back.getByRole("button", { name: "Undo" }).first().click();
    const dialog = page.getByRole("dialog");
    if (release) {
      await dialog.getByRole("textbox", { name: `Type ${release} to confirm` }).fill(release);
      await dialog.getByRole("button", { name: /^Uninstall \d+ objects/ }).click();
      await expect(page.getByText("The release is gone.")).toBeVisible({ timeout: 90_000 });
    } else {
      await dialog.getByRole("button", { name: `Take ${remote} out` }).click();
      await expect(page.getByText("The remote is out of the mesh")).toBeVisible({ timeout: 90_000 });
    }
    await page.getByRole("link", { name: /^Back to mesh/ }).click();
  }
  await expect(page.getByText("1 of 7 steps hold")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Remove the mesh")).toHaveCount(0);
}

/** Opens what is left on a cluster, on the mesh's page. */
export async function openLeft(page: Page, cluster: string): Promise<Locator> {
  const left = page.getByRole("list", { name: "What is left on the clusters" });
  if (!(await left.isVisible())) await page.getByText("What is left on the clusters").click();
  const row = left.getByRole("listitem").filter({ hasText: `What is left on ${cluster}` });
  await row.getByRole("button", { name: "Look" }).click();
  return page.getByRole("dialog", { name: `What is left on ${cluster}` });
}

/** Reads a file that a link of the page gives. */
export async function download(page: Page, link: Locator): Promise<string> {
  const begun = page.waitForEvent("download");
  await link.click();
  return readFileSync(await (await begun).path(), "utf8");
}

/** Takes away all that is left on a cluster, after its backup was looked at; the backup. */
export async function clearCluster(page: Page, cluster: string, namespaces: string[]): Promise<string> {
  const dialog = await openLeft(page, cluster);
  const fresh = dialog.getByRole("link", { name: "Download a backup" });
  await expect(dialog.getByRole("button", { name: "Delete what is chosen" })).toBeVisible({ timeout: 30_000 });
  const defined = await fresh.isVisible();
  const saved = defined ? await download(page, fresh) : "";
  if (defined) await dialog.getByRole("checkbox", { name: /^Istio's definitions/ }).check();
  for (const name of namespaces) await dialog.getByRole("checkbox", { name: `Namespace ${name}` }).check();
  const go = dialog.getByRole("button", { name: "Delete what is chosen" });
  if (defined) {
    await expect(go).toBeDisabled();
    const mesh = decodeURIComponent(new URL(page.url()).pathname.split("/").pop() ?? "");
    await dialog.getByRole("textbox", { name: `Type ${mesh} to confirm` }).fill(mesh);
  }
  await go.click();
  await expect(page.getByText("What was chosen is gone.")).toBeVisible({ timeout: 90_000 });
  if (defined) {
    const kept = page.getByRole("region", { name: "Backup" }).getByRole("link", { name: "Download the backup" });
    expect(await download(page, kept)).toBe(saved);
  }
  await page.getByRole("link", { name: /^Back to mesh/ }).click();
  const again = await openLeft(page, cluster);
  await expect(again.getByText(`Nothing of a mesh is left on ${cluster}.`)).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press("Escape");
  return saved;
}
