// A new mesh of four clusters: nothing is selected beforehand, and what speaks against a selection is at its row.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { accessibleEverywhere } from "../axe.ts";
import { expect, test } from "../console.ts";
import { clusterRow, open } from "../steps.ts";

const program = process.env.MESHSPAN_PROGRAM ?? "meshspan";

let folder: string;
let others: ChildProcess;
let kubeconfig: string;

test.use({ options: ["--sandbox", "--allow-loopback-clusters"] });

test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "meshspan-clusters-"));
  const file = join(folder, "kubeconfig");
  others = spawn(program, ["sandbox", "--kubeconfig", file], { stdio: "ignore" });
  await expect.poll(() => existsSync(file) && readFileSync(file, "utf8").includes("istio-remote1")).toBe(true);
  kubeconfig = readFileSync(file, "utf8");
});

test.afterEach(() => {
  others.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Adds the clusters of the other process, whose names are taken. */
async function addOthers(page: Page): Promise<void> {
  await open(page, "Clusters");
  await page.getByRole("button", { name: "Add cluster" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Kubeconfig" }).fill(kubeconfig);
  await dialog.getByRole("button", { name: "Check kubeconfig" }).click();
  const context = (name: string) => dialog.getByRole("listitem").filter({ has: page.getByRole("checkbox", { name }) });
  await expect(context("istio-remote1").getByText("A cluster of this name is registered.")).toBeVisible();
  await expect(dialog.getByText("2 names are not valid.")).toBeVisible();
  await context("istio-control-plane").getByRole("textbox", { name: "Name" }).fill("north");
  await context("istio-remote1").getByRole("textbox", { name: "Name" }).fill("west");
  await dialog.getByRole("button", { name: "Add 2 clusters" }).click();
  await expect(clusterRow(page, "north")).toBeVisible();
}

test("four clusters: the operator selects, warnings are at their row, and the server has the last word", async ({ page }) => {
  test.setTimeout(180_000);
  await addOthers(page);
  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  const table = page.getByRole("table", { name: "Clusters" });
  await expect(table.getByRole("radio")).toHaveCount(4);
  await expect(table.getByRole("radio", { checked: true })).toHaveCount(0);
  await expect(table.getByRole("checkbox", { checked: true })).toHaveCount(0);
  const create = page.getByRole("button", { name: "Create mesh" });
  await expect(create).toBeDisabled();
  await expect(page.getByText("Select a primary and at least one remote.")).toBeVisible();
  const row = table.getByRole("row").filter({ has: page.getByRole("radio", { name: "istio-remote1" }) });
  await expect(row).toContainText(/Reachable.*v1\.\d+\.\d+/);
  await expect(row).toContainText(/172\.\d+\.\d+\.0\/\d+/);

  // By keyboard: the primary names the mesh.
  await table.getByRole("radio", { name: "istio-control-plane as primary" }).focus();
  await page.keyboard.press("Space");
  const name = page.getByRole("textbox", { name: "Name" });
  await expect(name).toHaveValue("istio-control-plane");
  await expect(table.getByRole("checkbox", { name: "istio-control-plane as remote" })).toBeDisabled();
  await expect(page.getByText("A mesh needs at least one remote.")).toBeVisible();
  await table.getByRole("checkbox", { name: "istio-remote1 as remote" }).check();
  await expect(create).toBeEnabled();

  // Two clusters with the same addresses: a warning at the row, to be accepted.
  await table.getByRole("checkbox", { name: "west as remote" }).check();
  await expect(table.getByText(/west and istio-remote1 use the same pod addresses: \S+ and \S+ overlap\./)).toBeVisible();
  await expect(create).toBeDisabled();
  await page.getByRole("checkbox", { name: /^Accept \d+ warnings?$/ }).check();
  await expect(create).toBeEnabled();
  await accessibleEverywhere(page);
  await table.getByRole("checkbox", { name: "west as remote" }).uncheck();
  await expect(table.getByText(/overlap/)).toHaveCount(0);

  await name.fill("Not A Name");
  await expect(page.getByText(/^The name is not valid: lower-case letters/).first()).toBeVisible();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(create).toBeDisabled();
  await name.fill("shop");
  await name.press("Enter");
  await expect(page).toHaveURL(/\/meshes\/shop$/);

  // The next mesh: the name is taken, and the clusters are members of another mesh.
  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await expect(row).toContainText("shop (remote)");
  await table.getByRole("radio", { name: "north as primary" }).check();
  await table.getByRole("checkbox", { name: "istio-remote1 as remote" }).check();
  await expect(table.getByText("istio-remote1 is already a remote of mesh shop.")).toBeVisible();
  await name.fill("shop");
  await expect(page.getByText("A mesh shop already exists.").first()).toBeVisible();
  await expect(create).toBeDisabled();
});
