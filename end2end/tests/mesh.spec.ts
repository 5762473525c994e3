// From two kubeconfigs to one verified mesh: the article's whole procedure in a browser, and back.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../console.ts";
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

/** Decisions that the operator took: clicks and ticks that had to be. */
let decisions = 0;

async function decide(button: Locator): Promise<void> {
  decisions += 1;
  await button.click();
}

/** Registers one of the two clusters: upload, look at the probe, add. */
async function register(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Add a cluster" }).first().click();
  const dialog = page.getByRole("dialog");
  const upload = { name: "config", mimeType: "text/yaml", buffer: Buffer.from(kubeconfig) };
  decisions += 1;
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

const step = (page: Page, name: RegExp) => page.getByRole("listitem", { name });

/** Deploys what a step is about to deploy. */
async function deploy(page: Page, name: RegExp): Promise<void> {
  const button = step(page, name).getByRole("button", { name: /^Deploy \d+ objects/ });
  await expect(button).toBeEnabled({ timeout: 90_000 });
  await decide(button);
}

test("two uploaded kubeconfigs become one verified mesh, step by step", async ({ page }) => {
  test.setTimeout(240_000);
  decisions = 0;
  const begun = Date.now();
  await open(page, "Clusters");
  await register(page, primary);
  await register(page, remote);

  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await expect(page.getByRole("radio", { name: primary })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: remote })).toBeChecked();
  await decide(page.getByRole("button", { name: "Begin" }));

  const checks = step(page, /^Checks/);
  await expect(checks.getByText(/\d+ passed, \d+ to accept, 0 to mend/)).toBeVisible();
  const accept = checks.getByRole("checkbox", { name: /I accept the warnings/ });
  if (await accept.isVisible()) {
    decisions += 1;
    await accept.check();
  }
  await decide(checks.getByRole("button", { name: "Go on" }));

  await deploy(page, /^Control plane on/);
  const joins = step(page, new RegExp(`^${remote} joins`));
  await expect(joins.getByText("istio-multi").first()).toBeVisible({ timeout: 90_000 });
  await decide(joins.getByRole("button", { name: `Join ${remote}` }));

  const injector = step(page, /^Injector on/);
  await expect(injector.getByText("global.remotePilotAddress")).toBeVisible({ timeout: 90_000 });
  await expect(injector.getByText("istio-ilbgateway")).toBeVisible();
  await deploy(page, /^Injector on/);

  await deploy(page, /^Bookinfo on/);
  const carries = page.getByRole("region", { name: "Who serves what from where" });
  await expect(carries.getByText("Error fetching product details")).toBeVisible({ timeout: 90_000 });
  await page.screenshot({ path: "/tmp/shot-half.png", fullPage: true });

  await deploy(page, /^Bookinfo's details on/);
  await expect(carries.getByText("Book Details")).toBeVisible({ timeout: 90_000 });
  await expect(page.getByText("7 of 7 steps hold")).toBeVisible({ timeout: 90_000 });
  await page.screenshot({ path: "/tmp/shot-whole.png", fullPage: true });
  const seconds = Math.round((Date.now() - begun) / 1000);
  console.log(`from the first upload to the verified mesh: ${seconds} s, ${decisions} decisions`);
  expect(decisions).toBeLessThanOrEqual(12);
});
