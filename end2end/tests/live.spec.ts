// Pages follow the clusters without a reload, and a cluster that does not answer keeps its last known state.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Api } from "../api.ts";
import { expect, test } from "../console.ts";
import { clusterRow, deploy, installed, open, parameters, target } from "../steps.ts";

test.use({ options: ["--allow-loopback-clusters"] });

let clusters: ChildProcess;
let folder: string;
let kubeconfig: string;

test.beforeEach(async ({ page }) => {
  folder = mkdtempSync(join(tmpdir(), "meshspan-live-"));
  const file = join(folder, "kubeconfig");
  clusters = spawn(process.env.MESHSPAN_PROGRAM ?? "meshspan", ["sandbox", "--kubeconfig", file], { stdio: "ignore" });
  await expect.poll(() => existsSync(file) && /istio-remote1-admin\n  user:\n    token: \S+\n/.test(readFileSync(file, "utf8"))).toBe(true);
  kubeconfig = readFileSync(file, "utf8");
  await open(page, "Clusters");
  await page.getByRole("button", { name: "Add cluster" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Kubeconfig" }).fill(kubeconfig);
  await dialog.getByRole("button", { name: "Check kubeconfig" }).click();
  await dialog.getByRole("button", { name: "Add 2 clusters" }).click();
  await expect(clusterRow(page, "istio-remote1")).toBeVisible();
});
test.afterEach(() => {
  clusters.kill("SIGCONT");
  clusters.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const line = (page: Page, cluster: string) => page.getByRole("region", { name: "Clusters" }).getByRole("link", { name: cluster });

test("a change in a cluster appears on open pages without a reload, and focus stays", async ({ page }) => {
  const api = new Api(kubeconfig, "istio-control-plane");
  await open(page, "Overview");
  const cluster = line(page, "istio-control-plane");
  await expect(cluster.getByText("3 of 3 nodes ready")).toBeVisible();
  await cluster.focus();
  const { items } = await api.send("/api/v1/nodes");
  await api.send(`/api/v1/nodes/${items[2].metadata.name}`, undefined, "DELETE");
  // Much sooner than the views are read again without a change.
  await expect(cluster.getByText("2 of 2 nodes ready")).toBeVisible({ timeout: 6_000 });
  await expect(cluster).toBeFocused();

  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await deploy(page, "istio-control-plane");
  await installed(page);
  await page.getByRole("link", { name: "Open release" }).click();
  await expect(page.getByRole("main").getByText("1 of 1 ready").first()).toBeVisible();
  await api.send("/apis/apps/v1/namespaces/istio-system/deployments/istio-pilot", undefined, "DELETE");
  await expect(page.getByRole("main").getByText("Missing").first()).toBeVisible({ timeout: 6_000 });
});

test("a cluster that is killed is marked, with its last known state and its age", async ({ page }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await deploy(page, "istio-control-plane");
  await installed(page);
  await open(page, "Overview");
  const cluster = line(page, "istio-control-plane");
  await expect(cluster.getByText("Reachable")).toBeVisible();
  clusters.kill("SIGKILL");
  await expect(cluster.getByText("Unreachable")).toBeVisible({ timeout: 10_000 });
  await expect(cluster.getByText(/^As of \d+s ago$/)).toBeVisible();
  await expect(cluster.getByText("3 of 3 nodes ready")).toBeVisible();
  const releases = page.getByRole("region", { name: "Releases" });
  await expect(releases.getByRole("link", { name: "ack-istio", exact: true })).toBeVisible();
  await expect(releases.getByText(/^As of \d+s ago$/)).toBeVisible({ timeout: 30_000 });
});

test("silent clusters do not delay a page", async ({ page }) => {
  clusters.kill("SIGSTOP");
  const start = Date.now();
  await page.goto(new URL("/", page.url()).href);
  await expect(line(page, "istio-control-plane").getByText("3 of 3 nodes ready")).toBeVisible();
  // Each read of a silent cluster takes six seconds until it has failed.
  expect(Date.now() - start).toBeLessThan(5_000);
  // The page has started a read in the background, which is given six seconds.
  await expect(line(page, "istio-control-plane").getByText("Unreachable")).toBeVisible({ timeout: 20_000 });
  clusters.kill("SIGCONT");
  await expect(line(page, "istio-control-plane").getByText("Reachable")).toBeVisible({ timeout: 25_000 });
});
