// Current Istio on two real clusters with kubelets, sidecars and traffic: the guided steps from two kubeconfigs to
// `Book Details`, and back.
import type { Page } from "@playwright/test";
import { expect, test } from "../console.ts";
import { differences } from "../api.ts";
import { faults, survive } from "../mesh-faults.ts";
import { api, charts, detailsIsServed, detailsUsesMutualTls, installAndUndo, register, underLoad, withoutFilters } from "../mesh-lab.ts";
import { acceptChecks, cleanUpCluster, decide, deployStep, operator, sample, step, uninstallCurrentMesh } from "../mesh-steps.ts";
import { open, parameters, yaml } from "../steps.ts";

const version = "1.31.1";
const newest = "1.31.2";
const [primary, remote] = ["east", "west"];

test.use({ options: ["--allow-loopback-clusters", "--istio-charts", charts] });

/** Creates the mesh, of which the newest Istio is recommended, with an older one, and accepts its checks. */
async function createMesh(page: Page): Promise<void> {
  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await expect(page.getByRole("combobox", { name: "Istio" })).toHaveValue(newest);
  await page.getByRole("combobox", { name: "Istio" }).selectOption(version);
  await page.getByRole("radio", { name: primary }).check();
  await expect(page.getByRole("checkbox", { name: remote })).toBeChecked();
  await decide(page.getByRole("button", { name: "Create mesh" }));
  await acceptChecks(page);
}

/** Adds values to those that the console sets. */
async function addValues(page: Page, name: RegExp, text: string): Promise<void> {
  const mesh = page.url();
  await step(page, name).getByRole("link", { name: "Edit parameters" }).click();
  await expect(yaml(page)).toHaveValue(/meshID/);
  operator.decisions += 1;
  await yaml(page).fill((await yaml(page).inputValue()) + text);
  await expect(page.getByText(/^Saved at/)).toBeVisible();
  await page.goto(mesh);
}

/** Replaces the token of the remote; every endpoint stays known. */
async function rotate(page: Page): Promise<void> {
  const mesh = page.url();
  const members = page.getByRole("table", { name: "Members" });
  await members.getByRole("row", { name: new RegExp(remote) }).getByRole("button", { name: "Rotate token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Rotate token" }).click();
  await expect(page.getByText("The new token is active; the old token is deleted.")).toBeVisible({ timeout: 120_000 });
  await page.goto(mesh);
  await expect(sample(page).getByText("Book Details")).toBeVisible({ timeout: 60_000 });
}

/** Upgrades a release of the primary to the newest version, which its page offers; nothing is asked. */
async function upgrade(page: Page, url: string, release: string): Promise<void> {
  await page.goto(`${url}/releases/${primary}/istio-system/${release}`);
  await page.getByRole("link", { name: `Upgrade to ${newest}` }).click();
  await page.getByRole("button", { name: `Prepare upgrade to ${newest}` }).click();
  await expect(page.getByText(`Release ${release} can be upgraded`)).toBeVisible({ timeout: 30_000 });
  await parameters(page);
  await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
  await page.getByRole("button", { name: new RegExp(`^Upgrade ${release} \\(`) }).click();
  await expect(page.getByText("The new revision is deployed.")).toBeVisible({ timeout: 180_000 });
}

test("two kubeconfigs become one mesh of current Istio that serves Book Details from both clusters", async ({ page, console: own }) => {
  test.setTimeout(1_200_000);
  operator.decisions = 0;
  const objects = async () => ({ ...(await api(primary).objects()), ...(await api(remote).objects()) });
  const before = await objects();
  const started = Date.now();
  await open(page, "Clusters");
  for (const name of [primary, remote]) await register(page, name);
  await createMesh(page);

  await addValues(page, /^Control plane on/, withoutFilters);
  const deployed = Date.now();
  await deployStep(page, /^Control plane on/);
  const injector = step(page, /^Injector on/);
  await expect(injector.getByText("global.remotePilotAddress")).toBeVisible({ timeout: 180_000 });
  await expect(injector.getByRole("group", { name: "Parameters" }).getByText("istio-eastwestgateway")).toBeVisible();
  await deployStep(page, /^Injector on/);

  const joins = step(page, new RegExp(`^Join ${remote}`));
  await expect(joins.getByText("istio-reader-service-account").first()).toBeVisible({ timeout: 120_000 });
  await decide(joins.getByRole("button", { name: `Join ${remote}`, exact: true }));

  await deployStep(page, /^Bookinfo on/);
  const shown = sample(page);
  await expect(shown.getByText("Error fetching product details")).toBeVisible({ timeout: 180_000 });
  await deployStep(page, /^Bookinfo details on/);
  await expect(shown.getByText("Book Details")).toBeVisible({ timeout: 180_000 });
  const whole = Date.now();
  await expect(page.getByText("7 of 7 steps complete")).toBeVisible({ timeout: 120_000 });
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`current Istio on real clusters, from the first kubeconfig to Book Details: ${seconds} s, ${operator.decisions} decisions`);
  expect(operator.decisions).toBeLessThanOrEqual(12);

  // istiod has registered every ready endpoint of the remote, and the checks agree with the page of bookinfo.
  const member = page.getByRole("table", { name: "Members" }).getByRole("row", { name: new RegExp(remote) });
  await expect(member.getByText(/^([1-9]\d*) \/ \1$/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("All checks passed").first()).toBeVisible({ timeout: 60_000 });
  if (process.env.MESHSPAN_BENCH) {
    console.log(JSON.stringify({ deploy_ms: whole - deployed, ...(await own.usage(30)) }));
    return;
  }
  if (process.env.MESHSPAN_TOUR) {
    await page.screenshot({ path: new URL("../../docs/tour/real-mesh.png", import.meta.url).pathname });
  }
  const mesh = page.url();
  await detailsIsServed(page);
  if (process.env.MESHSPAN_TOUR) {
    await page.screenshot({ path: new URL("../../docs/tour/real-service.png", import.meta.url).pathname });
  }
  await page.goto(mesh);
  await detailsUsesMutualTls();
  const { requests, failures } = await underLoad(() => rotate(page));
  console.log(`a rotation of the token under load: ${requests} requests, ${failures.length} failed`);
  expect(requests).toBeGreaterThan(100);
  expect(failures).toEqual([]);
  const upgraded = await underLoad(async () => {
    await upgrade(page, own.url, "istio-base");
    await upgrade(page, own.url, "istiod");
    await upgrade(page, own.url, "istio-ingressgateway");
  });
  console.log(`an upgrade of three releases to ${newest} under load: ${upgraded.requests} requests, ${upgraded.failures.length} failed`);
  await page.goto(mesh);
  await expect(sample(page).getByText("Book Details")).toBeVisible({ timeout: 60_000 });
  console.log("| fault | reported | after | remedy | healthy after |");
  for (const fault of faults(api(primary), api(remote), () => rotate(page))) await survive(page, fault);

  await uninstallCurrentMesh(page, remote);
  await cleanUpCluster(page, remote, ["bookinfo", "istio-system"]);
  await cleanUpCluster(page, primary, ["bookinfo", "istio-system"]);
  // Objects that are being deleted end a little later.
  await expect.poll(async () => differences(before, await objects()), { timeout: 60_000 }).toEqual([]);
});

test.describe("an OCI registry", () => {
  test.use({ options: ["--allow-loopback-clusters", "--istio-charts", charts.replace("http://", "oci://")] });

  test("current Istio is installed with the charts of an OCI registry", async ({ page }) => {
    test.setTimeout(300_000);
    await open(page, "Clusters");
    await register(page, primary);
    await installAndUndo(page, primary, "1.31.2");
  });
});

test.describe("no repository", () => {
  test.use({ options: ["--allow-loopback-clusters", "--istio-charts", "none"] });

  test("current Istio is installed with uploaded archives", async ({ page }) => {
    test.setTimeout(300_000);
    await open(page, "Clusters");
    await register(page, primary);
    for (const chart of ["base", "istiod", "gateway"]) {
      const name = `${chart}-1.31.1.tgz`;
      const archive = await fetch(`${charts}/${name}`);
      expect(archive.status).toBe(200);
      await open(page, "App Catalog");
      await page.getByRole("button", { name: "Upload chart" }).click();
      const file = page.getByRole("dialog", { name: "Upload a chart" }).getByLabel("Choose an archive (.tgz)");
      await file.setInputFiles({ name, mimeType: "application/gzip", buffer: Buffer.from(await archive.arrayBuffer()) });
      await expect(page).toHaveURL(new RegExp(`/catalog/uploaded/${chart}`));
    }
    await installAndUndo(page, primary, "1.31.1");
  });
});
