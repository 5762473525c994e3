// Clusters: facts, a rejected kubeconfig, and the changes on the page of a cluster.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../console.ts";
import { clusterRow, open } from "../steps.ts";

/** Opens one cluster's page. */
async function cluster(page: Page, name: string): Promise<void> {
  await open(page, "Clusters");
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

test("the list and the page of a cluster show its facts", async ({ page }) => {
  await open(page, "Clusters");
  const row = clusterRow(page, "istio-control-plane");
  await expect(row.getByText("3 of 3 nodes ready")).toBeVisible();
  await expect(row.getByText("Reachable")).toBeVisible();
  await page.getByRole("link", { name: "istio-remote1" }).click();
  await expect(page.getByText(/172\.20\.\d+\.0\/24/).first()).toBeVisible();
});

test("a kubeconfig with an exec plugin is rejected with a reason", async ({ page }) => {
  await open(page, "Clusters");
  await page.getByRole("button", { name: "Add cluster" }).click();
  await page.getByRole("textbox", { name: "Kubeconfig" }).fill(`apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==}}]
users: [{name: u, user: {exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}}}]
contexts: [{name: east, context: {cluster: c, user: u}}]
`);
  await page.getByRole("button", { name: "Check kubeconfig" }).click();
  await expect(page.getByText(/exec is not supported: it would run a program/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Add 0 clusters" })).toBeDisabled();
});

test("a cluster that is removed from the console is not listed any more", async ({ page }) => {
  await open(page, "Clusters");
  await page.getByRole("link", { name: "istio-remote1" }).click();
  await page.getByRole("button", { name: "Remove from console" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove from console" }).click();
  await expect(clusterRow(page, "istio-control-plane")).toBeVisible();
  await expect(clusterRow(page, "istio-remote1")).toHaveCount(0);
  await expect(page.getByRole("navigation").getByRole("link", { name: /^Clusters\s*1$/ })).toBeVisible();
});

test("the dialog has commands that create a service account for the console", async ({ page }) => {
  await open(page, "Clusters");
  await page.getByRole("button", { name: "Add cluster" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Create a service account with kubectl").click();
  await expect(dialog.getByText(/kubectl apply --server-side/).first()).toBeVisible();
  await expect(dialog.getByText(/kind: ClusterRole\b/).first()).toBeVisible();
});

test("the connectivity between two clusters is tested from inside the clusters", async ({ page }) => {
  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await page.getByRole("button", { name: "Create mesh" }).click();
  const checks = page.getByRole("region", { name: /^Cluster checks/ });
  await checks.getByRole("button", { name: "Test connectivity from the clusters" }).click();
  await expect(checks.getByRole("button", { name: "Test connectivity from the clusters" })).toBeEnabled({ timeout: 60_000 });
  await checks.getByRole("radio", { name: /^Passed \d+$/ }).check();
  await expect(checks.getByText("The primary's pods reach the remote's API server.")).toBeVisible();
});

test("a renamed cluster keeps its page, and an invalid name is rejected in the dialog", async ({ page }) => {
  await cluster(page, "istio-remote1");
  await page.getByRole("button", { name: "Rename" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename istio-remote1" });
  const name = dialog.getByRole("textbox", { name: "New name" });
  await expect(name).toHaveValue("istio-remote1");
  await name.fill("West Side");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await expect(dialog.getByText(/“West Side” is not a valid name/)).toBeVisible();
  await name.fill("istio-control-plane");
  await name.press("Enter");
  await expect(dialog.getByText("A cluster istio-control-plane is already registered.")).toBeVisible();
  await name.fill("west");
  await name.press("Enter");
  await expect(page).toHaveURL(/\/clusters\/west$/);
  await expect(page.getByRole("heading", { name: "west", level: 1 })).toBeVisible();
  await open(page, "Clusters");
  await expect(clusterRow(page, "west").getByText("nodes ready")).toBeVisible();
  await expect(clusterRow(page, "istio-remote1")).toHaveCount(0);
});

test("missing CIDRs are entered on the page of the cluster, and the checks link to it and use them", async ({ page }) => {
  await cluster(page, "istio-remote1");
  const cidrs = page.getByRole("textbox", { name: "Complete pod CIDRs" });
  await expect(page.getByText("podCIDR of the nodes (partial)")).toBeVisible();
  await expect(page.getByText("ServiceCIDR objects")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Complete Service CIDRs" })).toHaveCount(0);
  await cidrs.fill("172.20.1.0/16");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/172\.20\.1\.0\/16 has host bits set; the range is 172\.20\.0\.0\/16/)).toBeVisible();
  await expect(cidrs).toHaveAttribute("aria-invalid", "true");
  await cidrs.fill("172.20.0.0/16, fd00:20::/56");
  await page.getByRole("textbox", { name: "Network name" }).fill("network1");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("fd00:20::/56")).toBeVisible();
  await page.reload();
  await expect(page.getByText(/^entered by /)).toHaveCount(2);
  await expect(cidrs).toHaveValue("172.20.0.0/16, fd00:20::/56");

  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await page.getByRole("button", { name: "Create mesh" }).click();
  const checks = page.getByRole("region", { name: /^Cluster checks/ });
  await checks.getByRole("radio", { name: /^Passed \d+$/ }).check();
  await expect(checks.getByRole("link", { name: "Enter the CIDRs of istio-remote1" })).toHaveCount(0);
  await checks.getByRole("link", { name: "Enter the CIDRs of istio-control-plane" }).click();
  await expect(page).toHaveURL(/\/clusters\/istio-control-plane#network$/);
  await expect(cidrs).toBeInViewport();
  await expect(page.getByText("primary of")).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "istio-control-plane", exact: true })).toBeVisible();
});

test.describe("with clusters of another process", () => {
  test.use({ options: ["--allow-loopback-clusters"] });

  test("credentials are replaced by credentials for the same cluster only", async ({ page }) => {
    const folder = mkdtempSync(join(tmpdir(), "meshspan-clusters-"));
    const file = join(folder, "kubeconfig");
    const program = process.env.MESHSPAN_PROGRAM ?? "meshspan";
    const clusters = spawn(program, ["sandbox", "--kubeconfig", file], { stdio: "ignore" });
    try {
      await expect.poll(() => existsSync(file) && readFileSync(file, "utf8").includes("istio-remote1")).toBe(true);
      const kubeconfig = readFileSync(file, "utf8");
      await open(page, "Clusters");
      await page.getByRole("button", { name: "Add cluster" }).first().click();
      const adding = page.getByRole("dialog");
      await adding.getByRole("textbox", { name: "Kubeconfig" }).fill(kubeconfig);
      await adding.getByRole("button", { name: "Check kubeconfig" }).click();
      await adding.getByRole("button", { name: "Add 2 clusters" }).click();
      await cluster(page, "istio-remote1");
      await page.getByRole("button", { name: "Replace credentials" }).click();
      const dialog = page.getByRole("dialog", { name: "Replace the credentials of istio-remote1" });
      await dialog.getByRole("textbox", { name: "Kubeconfig" }).fill(kubeconfig);
      await dialog.getByRole("button", { name: "Check kubeconfig" }).click();
      const use = dialog.getByRole("button", { name: "Use this context" });
      await use.first().click();
      await expect(dialog.getByText(/belongs to another cluster\.$/)).toBeVisible();
      await use.last().click();
      await expect(dialog).toBeHidden();
      await page.reload();
      await expect(page.getByText(/nodes ready/)).toBeVisible();
    } finally {
      clusters.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
