// From two kubeconfigs to one verified mesh: the article's whole procedure in a browser, and back.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../console.ts";
import { beginMesh, decide, deployStep, joinRemote, picture, removeMesh, step, taken } from "../mesh-steps.ts";
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
  const text = joins.getByText("current-context:");
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
  test.setTimeout(240_000);
  taken.decisions = 0;
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

  await page.getByRole("button", { name: "New token" }).click();
  const rotation = page.getByRole("dialog");
  await expect(rotation.getByText(/deleted and made again/)).toBeVisible();
  await rotation.getByRole("button", { name: "Change the token" }).click();
  await expect(page.getByText("The new token is in use; the old one is gone.")).toBeVisible({ timeout: 90_000 });
  await page.getByRole("link", { name: /^Back to mesh/ }).click();
  await expect(page.getByText("7 of 7 steps hold")).toBeVisible({ timeout: 30_000 });

  await removeMesh(page, remote, ["bookinfo-details", "bookinfo"]);
});
