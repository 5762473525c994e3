// Clusters: live facts, a kubeconfig that wants too much, and what is changed on a cluster's page.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../console.ts";
import { open } from "../steps.ts";

/** Opens one cluster's page. */
async function cluster(page: Page, name: string): Promise<void> {
  await open(page, "Clusters");
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

test("both sandboxes say what they are", async ({ page }) => {
  await open(page, "Clusters");
  const card = page.getByRole("article", { name: "istio-control-plane" });
  await expect(card.getByText("3 of 3 nodes ready")).toBeVisible();
  await expect(card.getByText("172.19.0.0/20")).toBeVisible();
  await page.getByRole("link", { name: "istio-remote1" }).click();
  await expect(page.getByText(/172\.20\.\d+\.0\/24/).first()).toBeVisible();
});

test("a kubeconfig that would run a program is refused in a sentence", async ({ page }) => {
  await open(page, "Clusters");
  await page.getByRole("button", { name: "Add a cluster" }).click();
  await page.getByRole("textbox", { name: "Kubeconfig" }).fill(`apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==}}]
users: [{name: u, user: {exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}}}]
contexts: [{name: east, context: {cluster: c, user: u}}]
`);
  await page.getByRole("button", { name: "Read it" }).click();
  await expect(page.getByText(/exec is not supported: it would run a program/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Add 0" })).toBeDisabled();
});

test("a cluster that is forgotten is gone from the list", async ({ page }) => {
  await open(page, "Clusters");
  await page.getByRole("link", { name: "istio-remote1" }).click();
  await page.getByRole("button", { name: "Forget" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Forget" }).click();
  await expect(page.getByRole("article", { name: "istio-control-plane" })).toBeVisible();
  await expect(page.getByRole("article", { name: "istio-remote1" })).toHaveCount(0);
  await expect(page.getByRole("navigation").getByRole("link", { name: /^Clusters\s*1$/ })).toBeVisible();
});

test("a cluster that the console may not administer comes with commands for whoever may", async ({ page }) => {
  await open(page, "Clusters");
  await page.getByRole("button", { name: "Add a cluster" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Give me the commands").click();
  await expect(dialog.getByText(/kubectl apply --server-side/).first()).toBeVisible();
  await expect(dialog.getByText(/kind: ClusterRole\b/).first()).toBeVisible();
});

test("the ways between two clusters are tried from within", async ({ page }) => {
  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await page.getByRole("button", { name: "Begin" }).click();
  const checks = page.getByRole("listitem", { name: /^Checks/ });
  await checks.getByRole("button", { name: "Try the ways from within" }).click();
  await expect(checks.getByRole("button", { name: "Try the ways from within" })).toBeEnabled({ timeout: 60_000 });
  await checks.getByText(/more: passed, noted, or skipped/).click();
  await expect(checks.getByText("The primary's pods reach the remote's API server.")).toBeVisible();
});

test("a renamed cluster keeps its page, and a name that cannot be one is refused in the dialog", async ({ page }) => {
  await cluster(page, "istio-remote1");
  await page.getByRole("button", { name: "Rename" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename istio-remote1" });
  const name = dialog.getByRole("textbox", { name: "New name" });
  await expect(name).toHaveValue("istio-remote1");
  await name.fill("West Side");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await expect(dialog.getByText(/“West Side” cannot be a name/)).toBeVisible();
  await name.fill("istio-control-plane");
  await name.press("Enter");
  await expect(dialog.getByText("A cluster istio-control-plane is registered already.")).toBeVisible();
  await name.fill("west");
  await name.press("Enter");
  await expect(page).toHaveURL(/\/clusters\/west$/);
  await expect(page.getByRole("heading", { name: "west", level: 1 })).toBeVisible();
  await open(page, "Clusters");
  await expect(page.getByRole("article", { name: "west" }).getByText("nodes ready")).toBeVisible();
  await expect(page.getByRole("article", { name: "istio-remote1" })).toHaveCount(0);
});

test("what a cluster does not say in full is typed on its page, and the checks lead there and use it", async ({ page }) => {
  await cluster(page, "istio-remote1");
  const ranges = page.getByRole("textbox", { name: "Pod ranges, in full" });
  await expect(page.getByText("podCIDR of the nodes: a part of the whole")).toBeVisible();
  await expect(page.getByText("ServiceCIDR objects")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Service ranges, in full" })).toHaveCount(0);
  await ranges.fill("172.20.1.0/16");
  await page.getByRole("button", { name: "Keep" }).click();
  await expect(page.getByText(/172\.20\.1\.0\/16 has host bits set; the range is 172\.20\.0\.0\/16/)).toBeVisible();
  await expect(ranges).toHaveAttribute("aria-invalid", "true");
  await ranges.fill("172.20.0.0/16, fd00:20::/56");
  await page.getByRole("textbox", { name: "Name of the network" }).fill("network1");
  await page.getByRole("button", { name: "Keep" }).click();
  await expect(page.getByText("fd00:20::/56")).toBeVisible();
  await page.reload();
  await expect(page.getByText(/^typed by /)).toHaveCount(2);
  await expect(ranges).toHaveValue("172.20.0.0/16, fd00:20::/56");

  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await page.getByRole("button", { name: "Begin" }).click();
  const checks = page.getByRole("listitem", { name: /^Checks/ });
  await checks.getByText(/more: passed, noted, or skipped/).click();
  await expect(checks.getByRole("link", { name: "Enter the CIDRs of istio-remote1" })).toHaveCount(0);
  await checks.getByRole("link", { name: "Enter the CIDRs of istio-control-plane" }).click();
  await expect(page).toHaveURL(/\/clusters\/istio-control-plane#network$/);
  await expect(ranges).toBeInViewport();
  await expect(page.getByText("primary of")).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "istio-control-plane", exact: true })).toBeVisible();
});

test.describe("with clusters of another process", () => {
  test.use({ words: ["--allow-loopback-clusters"] });

  test("a credential is replaced by one for the same cluster only", async ({ page }) => {
    const folder = mkdtempSync(join(tmpdir(), "meshspan-clusters-"));
    const file = join(folder, "kubeconfig");
    const program = process.env.MESHSPAN_PROGRAM ?? "meshspan";
    const clusters = spawn(program, ["sandbox", "--kubeconfig", file], { stdio: "ignore" });
    try {
      await expect.poll(() => existsSync(file) && readFileSync(file, "utf8").includes("istio-remote1")).toBe(true);
      const kubeconfig = readFileSync(file, "utf8");
      await open(page, "Clusters");
      await page.getByRole("button", { name: "Add a cluster" }).first().click();
      const adding = page.getByRole("dialog");
      await adding.getByRole("textbox", { name: "Kubeconfig" }).fill(kubeconfig);
      await adding.getByRole("button", { name: "Read it" }).click();
      await adding.getByRole("button", { name: "Add 2" }).click();
      await cluster(page, "istio-remote1");
      await page.getByRole("button", { name: "Replace the credential" }).click();
      const dialog = page.getByRole("dialog", { name: "Another credential for istio-remote1" });
      await dialog.getByRole("textbox", { name: "Kubeconfig" }).fill(kubeconfig);
      await dialog.getByRole("button", { name: "Read it" }).click();
      const use = dialog.getByRole("button", { name: "Use this one" });
      await use.first().click();
      await expect(dialog.getByText(/^Another cluster answers at/)).toBeVisible();
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
