// From two kubeconfigs to one verified mesh in the browser, and its uninstallation.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, hydrated, test } from "../console.ts";
import { Api, differences } from "../api.ts";
import { accessibleEverywhere } from "../axe.ts";
import { createMesh, cleanUpCluster, decide, deployStep, joinRemote, openLeftovers, operator, sample, selectStep, step, steps, uninstallMesh } from "../mesh-steps.ts";
import { openService, pinnedList, pinnedTraffic, trafficBetween } from "../service-steps.ts";
import { clusterRow, open, tabTo } from "../steps.ts";

const program = process.env.MESHSPAN_PROGRAM ?? "meshspan";
const primary = "istio-control-plane";
const remote = "istio-remote1";

let folder: string;
let clusters: ChildProcess;
let kubeconfig: string;

test.use({ options: ["--allow-loopback-clusters"] });

test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "meshspan-clusters-"));
  const file = join(folder, "kubeconfig");
  clusters = spawn(program, ["sandbox", "--kubeconfig", file], { stdio: "ignore" });
  await expect.poll(() => existsSync(file) && readFileSync(file, "utf8").includes(remote)).toBe(true);
  kubeconfig = readFileSync(file, "utf8");
});

test.afterEach(() => {
  clusters.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Registers one of the two clusters: upload, probe, add. */
async function register(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Add cluster" }).first().click();
  const dialog = page.getByRole("dialog");
  const upload = { name: "config", mimeType: "text/yaml", buffer: Buffer.from(kubeconfig) };
  operator.decisions += 1;
  await dialog.getByLabel("Or choose a file").setInputFiles(upload);
  await dialog.getByRole("button", { name: "Check kubeconfig" }).click();
  const other = name === primary ? remote : primary;
  const context = (name: string) => dialog.getByRole("listitem").filter({ has: page.getByRole("checkbox", { name }) });
  await expect(dialog.getByRole("checkbox", { name: other })).toBeChecked();
  await dialog.getByRole("checkbox", { name: other }).uncheck();
  await expect(context(name).getByText("Reachable", { exact: true })).toBeVisible();
  await context(name).getByText("Probe", { exact: true }).click();
  const probe = dialog.getByRole("list", { name: `Probe of ${name}` });
  await expect(probe.getByText("all permissions a mesh needs")).toBeVisible();
  await expect(probe.getByText("kubernetes-admin")).toBeVisible();
  await decide(dialog.getByRole("button", { name: "Add 1 cluster" }));
  await expect(clusterRow(page, name)).toBeVisible();
}

/** The kubeconfig of the join is hidden until the operator requests it. */
async function kubeconfigOnDemand(page: Page): Promise<void> {
  const joins = await selectStep(page, new RegExp(`^Join ${remote}`));
  const show = joins.getByRole("button", { name: "Show kubeconfig" });
  await expect(show).toBeVisible();
  const before = await page.content();
  await show.click();
  const text = joins.getByText(/^apiVersion: v1\s+kind: Config/);
  await expect(text).toBeVisible();
  const token = ((await text.textContent()) ?? "").match(/token: "([^"]+)"/)?.[1] ?? "";
  expect(token.length).toBeGreaterThan(20);
  expect(before).not.toContain(token);
  await expect(joins.getByRole("link", { name: "Download" })).toHaveAttribute("download", `${remote}.kubeconfig`);
  await joins.getByRole("button", { name: "Hide" }).click();
  await expect(text).toHaveCount(0);
  expect(await page.content()).not.toContain(token);
}

/** The selected step is in the URL: a reload and the way back show it, by keyboard too. */
async function selectedStepStays(page: Page): Promise<void> {
  const mesh = page.url().split("?")[0];
  await page.goto(mesh);
  await hydrated(page);
  const current = step(page, /^Bookinfo on/);
  await expect(current).toBeVisible({ timeout: 90_000 });
  const link = steps(page).getByRole("link", { name: /^Control plane on/ });
  await tabTo(page, link);
  await page.keyboard.press("Enter");
  const plane = step(page, /^Control plane on/);
  await expect(plane).toBeVisible();
  await expect(link).toBeFocused();
  await expect(link).toHaveAttribute("aria-current", "step");
  // A job has installed it, and its duration is known.
  await expect(plane.getByText(/^Took [\d.]+s|^Took \d+m/)).toBeVisible();
  await expect(plane.getByText("Reversible")).toBeVisible();
  await page.reload();
  await expect(plane).toBeVisible();
  await page.goBack();
  await expect(current).toBeVisible();
  await expect(plane).toHaveCount(0);
  await expect(current.getByRole("group", { name: primary })).toContainText("Release");
  await accessibleEverywhere(page);
}

/** The checks by their results: the tab is in the URL, and selected by keyboard. */
async function checksInTabs(page: Page): Promise<void> {
  const checks = page.getByRole("region", { name: "Checks", exact: true });
  await expect(checks.getByText(/^\d+ checks? passed: /)).toBeVisible();
  await expect(checks.getByText(/^Last run \d+[sm] ago$/)).toBeVisible();
  await tabTo(page, checks.getByRole("radio", { checked: true }));
  await page.keyboard.press("ArrowRight");
  await expect(checks.getByRole("radio", { name: /^Passed \d+$/ })).toBeChecked();
  await expect(page).toHaveURL(/\?checks=passed$/);
  await expect(checks.getByText("Passed:").first()).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(checks.getByRole("radio", { name: /^Passed \d+$/ })).toBeChecked();
  await checks.getByRole("radio", { name: /^Skipped \d+$/ }).check();
  await expect(checks.getByText("Skipped:").first()).toBeVisible();
  await accessibleEverywhere(page);
  await checks.getByRole("radio", { name: /^Problems \d+$/ }).check();
  await expect(page).not.toHaveURL(/checks=/);
}

/** Unfolds with the keyboard what `shown` is in. */
async function unfoldByKey(page: Page, summary: Locator, shown: Locator): Promise<void> {
  await expect(shown).toBeHidden();
  await tabTo(page, summary);
  await page.keyboard.press("Enter");
  await expect(shown).toBeVisible();
}

/** The label of a namespace is gone: the check offers the remedy as a plan, which is executed without a mouse. */
async function remedyByKey(page: Page, api: Api): Promise<void> {
  const namespace = "/api/v1/namespaces/bookinfo";
  await api.send(namespace, { metadata: { labels: { "istio-injection": null } } }, "PATCH");
  const button = page.getByRole("button", { name: /^Label namespaces/ });
  await expect(async () => {
    await page.getByRole("button", { name: "Re-check" }).first().click();
    await expect(button).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  await tabTo(page, button);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("label istio-injection=enabled")).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, dialog.getByRole("button", { name: /^Label namespaces/ }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("The remedy is applied; the checks of the mesh run again.")).toBeVisible({ timeout: 90_000 });
  await tabTo(page, page.getByRole("link", { name: /^Back to mesh/ }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("7 of 7 steps complete")).toBeVisible({ timeout: 60_000 });
  await expect(button).toHaveCount(0, { timeout: 60_000 });
}

test("two uploaded kubeconfigs become one verified mesh, step by step, and no leftovers remain after its uninstallation", async ({ page }) => {
  test.setTimeout(360_000);
  operator.decisions = 0;
  const [east, west] = [new Api(kubeconfig, primary), new Api(kubeconfig, remote)];
  const objects = async () => ({ ...(await east.objects()), ...(await west.objects()) });
  const before = await objects();
  const started = Date.now();
  await open(page, "Clusters");
  await register(page, primary);
  await register(page, remote);
  await createMesh(page, primary, remote);
  await joinRemote(page, remote);
  await kubeconfigOnDemand(page);
  await selectedStepStays(page);

  await deployStep(page, /^Bookinfo on/);
  const shown = sample(page);
  await expect(shown.getByText("Error fetching product details")).toBeVisible({ timeout: 90_000 });
  await expect(shown.getByText("No pod of details is ready in any cluster.")).toBeVisible();

  await deployStep(page, /^Bookinfo details on/);
  await expect(shown.getByText("Book Details")).toBeVisible({ timeout: 90_000 });
  await expect(shown.getByText("/api/v1/products/0 answered 200")).toBeVisible();
  await expect(page.getByText("7 of 7 steps complete")).toBeVisible({ timeout: 90_000 });
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`from the first upload to the verified mesh: ${seconds} s, ${operator.decisions} decisions`);
  expect(operator.decisions).toBeLessThanOrEqual(12);

  await checksInTabs(page);

  // Any Service has a page: who serves it, what the control plane has registered, and the requests between clusters.
  const mesh = page.url();
  await openService(page, "bookinfo", "details");
  await trafficBetween(page, primary, remote, async () => {
    await page.getByRole("button", { name: "Re-check" }).click();
  });
  await accessibleEverywhere(page);
  const fold = page.locator("summary").filter({ hasText: `endpoint in ${remote}` });
  await unfoldByKey(page, fold, page.getByRole("table", { name: `1 endpoint in ${remote}` }));
  await pinnedTraffic(page, mesh, primary, remote);
  await accessibleEverywhere(page, "[aria-label=Topology]");
  await accessibleEverywhere(page, "[aria-label='Selected part of the topology']");
  await pinnedList(page, "details");
  await page.goto(`${mesh}/services/bookinfo/none`);
  await expect(page.getByText("The Service bookinfo/none was not found.").first()).toBeVisible();
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type(`services of ${primary}`);
  await expect(page.getByRole("option", { name: new RegExp(`Services of ${primary}`) })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${mesh}/services`);
  await page.goto(mesh);

  await remedyByKey(page, east);

  // An address changes: the open page shows it, the release is marked, and one job updates the address.
  const policy = "/api/v1/namespaces/istio-system/pods?labelSelector=istio-mixer-type%3Dpolicy";
  await east.send(policy, undefined, "DELETE");
  const stale = page.getByRole("alert").getByText(/uses [\d.]+, which is no longer valid\. The current address is [\d.]+/);
  await expect(stale).toBeVisible({ timeout: 30_000 });
  await open(page, "Releases");
  await page.getByRole("link", { name: "Addresses changed" }).click();
  expect(page.url()).toBe(mesh);
  await page.getByRole("button", { name: "Update addresses" }).click();
  await expect(page.getByRole("link", { name: /^Back to mesh/ })).toBeVisible({ timeout: 90_000 });
  await page.getByRole("link", { name: /^Back to mesh/ }).click();
  await expect(stale).toHaveCount(0, { timeout: 30_000 });
  await expect(sample(page).getByText("Book Details")).toBeVisible({ timeout: 90_000 });

  const members = page.getByRole("table", { name: "Members" });
  await members.getByRole("row", { name: new RegExp(remote) }).getByRole("button", { name: "Rotate token" }).click();
  const rotation = page.getByRole("dialog");
  await expect(rotation.getByText(/deleted and created again/)).toBeVisible();
  await rotation.getByRole("button", { name: "Rotate token" }).click();
  await expect(page.getByText("The new token is active; the old token is deleted.")).toBeVisible({ timeout: 90_000 });
  await page.getByRole("link", { name: /^Back to mesh/ }).click();
  await expect(page.getByText("7 of 7 steps complete")).toBeVisible({ timeout: 30_000 });

  await uninstallMesh(page, remote, ["bookinfo-details", "bookinfo"]);

  // Resources that belong to no release: runtime objects of a control plane, and custom resources of operators.
  await east.send("/api/v1/namespaces/default/configmaps", {
    metadata: { name: "istio-ca-root-cert", labels: { "istio.io/config": "true" } },
    data: { "root-cert.pem": "a certificate" },
  });
  await east.send("/apis/networking.istio.io/v1alpha3/namespaces/default/virtualservices", {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "VirtualService",
    metadata: { name: "web" },
    spec: { hosts: ["web.example.org"] },
  });
  const dialog = await openLeftovers(page, primary);
  await expect(dialog.getByText("virtualservices.networking.istio.io")).toBeVisible({ timeout: 30_000 });
  await expect(dialog.getByText("default 1")).toBeVisible();
  await page.keyboard.press("Escape");
  await cleanUpCluster(page, remote, ["bookinfo", "istio-system"]);
  const saved = await cleanUpCluster(page, primary, ["bookinfo", "istio-system"]);
  expect(saved).toContain("kind: CustomResourceDefinition");
  expect(saved).toContain("web.example.org");
  expect(saved).not.toContain("kind: Secret");
  expect(differences(before, await objects())).toEqual([]);
});
