// From two kubeconfigs to one verified mesh: the article's whole procedure in a browser, and back.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../console.ts";
import { Api } from "../api.ts";
import { beginMesh, clearCluster, decide, deployStep, joinRemote, openLeft, picture, removeMesh, step, taken } from "../mesh-steps.ts";
import { open } from "../steps.ts";

const program = process.env.MESHSPAN_PROGRAM ?? "meshspan";
const primary = "istio-control-plane";
const remote = "istio-remote1";

let folder: string;
let clusters: ChildProcess;
let kubeconfig: string;

test.use({ words: ["--allow-loopback-clusters"] });

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

/** Registers one of the two clusters: upload, look at the probe, add. */
async function register(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Add a cluster" }).first().click();
  const dialog = page.getByRole("dialog");
  const upload = { name: "config", mimeType: "text/yaml", buffer: Buffer.from(kubeconfig) };
  taken.decisions += 1;
  await dialog.getByLabel("Or choose a file").setInputFiles(upload);
  await dialog.getByRole("button", { name: "Read it" }).click();
  const other = name === primary ? remote : primary;
  await dialog.getByRole("checkbox", { name: other }).uncheck();
  const probe = dialog.getByRole("list", { name: `Probe of ${name}` });
  await expect(probe.getByText("all that a mesh takes")).toBeVisible();
  await expect(probe.getByText("kubernetes-admin")).toBeVisible();
  await decide(dialog.getByRole("button", { name: "Add 1" }));
  await expect(page.getByRole("article", { name })).toBeVisible();
}

/** The kubeconfig that the join wrote is covered until somebody asks for it. */
async function kubeconfigOnDemand(page: Page): Promise<void> {
  const joins = step(page, new RegExp(`^${remote} joins`));
  await joins.getByRole("button", { name: new RegExp(`^${remote} joins`) }).click();
  const show = joins.getByRole("button", { name: "Show the kubeconfig" });
  await expect(show).toBeVisible();
  const before = await page.content();
  await show.click();
  const text = joins.getByText(/^apiVersion: v1\s+kind: Config/);
  await expect(text).toBeVisible();
  const token = ((await text.textContent()) ?? "").match(/token: "([^"]+)"/)?.[1] ?? "";
  expect(token.length).toBeGreaterThan(20);
  expect(before).not.toContain(token);
  await expect(joins.getByRole("link", { name: "Download" })).toHaveAttribute("download", `${remote}.kubeconfig`);
  await joins.getByRole("button", { name: "Cover it again" }).click();
  await expect(text).toHaveCount(0);
  expect(await page.content()).not.toContain(token);
}

test("two uploaded kubeconfigs become one verified mesh, step by step, and nothing is left of it", async ({ page }) => {
  test.setTimeout(300_000);
  taken.decisions = 0;
  const [east, west] = [new Api(kubeconfig, primary), new Api(kubeconfig, remote)];
  const before = [await east.names(), await west.names()];
  const begun = Date.now();
  await open(page, "Clusters");
  await register(page, primary);
  await register(page, remote);
  await beginMesh(page, primary, remote);
  await joinRemote(page, remote);
  await kubeconfigOnDemand(page);

  await deployStep(page, /^Bookinfo on/);
  const carries = picture(page);
  await expect(carries.getByText("Error fetching product details")).toBeVisible({ timeout: 90_000 });
  await expect(carries.getByText("No pod of details is ready in any cluster.")).toBeVisible();

  await deployStep(page, /^Bookinfo's details on/);
  await expect(carries.getByText("Book Details")).toBeVisible({ timeout: 90_000 });
  await expect(carries.getByText("/api/v1/products/0 answers 200")).toBeVisible();
  await expect(page.getByText("7 of 7 steps hold")).toBeVisible({ timeout: 90_000 });
  const seconds = Math.round((Date.now() - begun) / 1000);
  console.log(`from the first upload to the verified mesh: ${seconds} s, ${taken.decisions} decisions`);
  expect(taken.decisions).toBeLessThanOrEqual(12);

  // An address moves: the open page says so by itself, the release is marked, and one job mends it.
  const mesh = page.url();
  const policy = "/api/v1/namespaces/istio-system/pods?labelSelector=istio-mixer-type%3Dpolicy";
  await east.ask(policy, undefined, "DELETE");
  const moved = page.getByRole("alert").getByText(/points at [\d.]+, which is no longer good: [\d.]+ is/);
  await expect(moved).toBeVisible({ timeout: 30_000 });
  await open(page, "Releases");
  await page.getByRole("link", { name: "Addresses moved" }).click();
  expect(page.url()).toBe(mesh);
  await page.getByRole("button", { name: "Point it at the good addresses" }).click();
  await expect(page.getByRole("link", { name: /^Back to mesh/ })).toBeVisible({ timeout: 90_000 });
  await page.getByRole("link", { name: /^Back to mesh/ }).click();
  await expect(moved).toHaveCount(0, { timeout: 30_000 });
  await expect(picture(page).getByText("Book Details")).toBeVisible({ timeout: 90_000 });

  await page.getByRole("button", { name: "New token" }).click();
  const rotation = page.getByRole("dialog");
  await expect(rotation.getByText(/deleted and made again/)).toBeVisible();
  await rotation.getByRole("button", { name: "Change the token" }).click();
  await expect(page.getByText("The new token is in use; the old one is gone.")).toBeVisible({ timeout: 90_000 });
  await page.getByRole("link", { name: /^Back to mesh/ }).click();
  await expect(page.getByText("7 of 7 steps hold")).toBeVisible({ timeout: 30_000 });

  await removeMesh(page, remote, ["bookinfo-details", "bookinfo"]);

  // What no release takes away: what a control plane makes while it runs, and what people wrote.
  await east.ask("/api/v1/namespaces/default/configmaps", {
    metadata: { name: "istio-ca-root-cert", labels: { "istio.io/config": "true" } },
    data: { "root-cert.pem": "a certificate" },
  });
  await east.ask("/apis/networking.istio.io/v1alpha3/namespaces/default/virtualservices", {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "VirtualService",
    metadata: { name: "web" },
    spec: { hosts: ["web.example.org"] },
  });
  const dialog = await openLeft(page, primary);
  await expect(dialog.getByText("virtualservices.networking.istio.io")).toBeVisible({ timeout: 30_000 });
  await expect(dialog.getByText("default 1")).toBeVisible();
  await page.keyboard.press("Escape");
  await clearCluster(page, remote, ["bookinfo", "istio-system"]);
  const saved = await clearCluster(page, primary, ["bookinfo", "istio-system"]);
  expect(saved).toContain("kind: CustomResourceDefinition");
  expect(saved).toContain("web.example.org");
  expect(saved).not.toContain("kind: Secret");
  expect([await east.names(), await west.names()]).toEqual(before);
});
