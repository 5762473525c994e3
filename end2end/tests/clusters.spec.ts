// Clusters: live facts, and a kubeconfig that wants too much.
import { expect, test } from "../console.ts";
import { open } from "../steps.ts";

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
  await expect(page.getByText(/exec is refused: it would run a program/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Add 0" })).toBeDisabled();
});

test("a cluster that is forgotten is gone from the list", async ({ page }) => {
  await open(page, "Clusters");
  await page.getByRole("link", { name: "istio-remote1" }).click();
  await page.getByRole("button", { name: "Forget" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Forget" }).click();
  await expect(page.getByRole("article", { name: "istio-control-plane" })).toBeVisible();
  await expect(page.getByRole("article", { name: "istio-remote1" })).toHaveCount(0);
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
  await expect(checks.getByText("The remote's API server was reached from the primary.")).toBeVisible();
});
