// A kubeconfig of twenty contexts, of which two answer: one verdict each, and what fails stops nothing else.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessibleEverywhere } from "../axe.ts";
import { expect, test } from "../console.ts";
import { clusterRow, open } from "../steps.ts";

const program = process.env.MESHSPAN_PROGRAM ?? "meshspan";
const silent = 18;

let folder: string;
let clusters: ChildProcess;
let kubeconfig: string;

test.use({ options: ["--allow-loopback-clusters"] });

/** The kubeconfig of the sandbox with contexts whose servers refuse connections. */
function withSilentContexts(text: string): string {
  const authority = text.match(/certificate-authority-data: (\S+)/)?.[1] ?? "";
  const names = Array.from({ length: silent }, (_, number) => `silent-${number + 1}`);
  const more = (line: (name: string) => string) => names.map(line).join("");
  return text
    .replace(/^clusters:\n/m, (key) => key + more((name) => `- {name: ${name}, cluster: {server: "https://127.0.0.1:1", certificate-authority-data: ${authority}}}\n`))
    .replace(/^users:\n/m, (key) => key + more((name) => `- {name: ${name}, user: {token: none}}\n`))
    .replace(/^contexts:\n/m, (key) => key + more((name) => `- {name: ${name}, context: {cluster: ${name}, user: ${name}}}\n`));
}

test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "meshspan-clusters-"));
  const file = join(folder, "kubeconfig");
  clusters = spawn(program, ["sandbox", "--kubeconfig", file], { stdio: "ignore" });
  await expect.poll(() => existsSync(file) && readFileSync(file, "utf8").includes("istio-remote1")).toBe(true);
  kubeconfig = withSilentContexts(readFileSync(file, "utf8"));
});

test.afterEach(() => {
  clusters.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

test("twenty contexts stay readable, and only those that answer are selected and added", async ({ page }) => {
  test.setTimeout(180_000);
  await open(page, "Clusters");
  await page.getByRole("button", { name: "Add cluster" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Kubeconfig" }).fill(kubeconfig);
  await dialog.getByRole("button", { name: "Check kubeconfig" }).click();
  await expect(dialog.getByText("20 of 20 contexts checked, 2 reachable")).toBeVisible({ timeout: 60_000 });
  const list = dialog.getByRole("list", { name: "Contexts of the kubeconfig" });
  const context = (name: string) => list.getByRole("listitem").filter({ has: page.getByRole("checkbox", { name }) });
  const box = (name: string) => list.getByRole("checkbox", { name });
  await expect(box("istio-remote1")).toBeChecked();
  await expect(box("silent-18")).not.toBeChecked();
  await expect(context("silent-18")).toContainText("Unreachable — The server does not accept a connection.");
  await context("silent-18").getByText("Probe", { exact: true }).click();
  await expect(context("silent-18").getByRole("button", { name: "Copy message" })).toBeVisible();
  await expect(context("istio-remote1").getByText("Reachable", { exact: true })).toBeVisible();
  await accessibleEverywhere(page, "dialog[open]");

  // The filter, and the selection by keyboard.
  await dialog.getByRole("checkbox", { name: "Only reachable" }).check();
  await expect(list.getByRole("checkbox")).toHaveCount(2);
  await dialog.getByRole("searchbox", { name: "Find context" }).fill("remote1");
  await expect(list.getByRole("checkbox")).toHaveCount(1);
  await dialog.getByRole("searchbox", { name: "Find context" }).fill("");
  await expect(list.getByRole("checkbox")).toHaveCount(2);
  await dialog.getByRole("button", { name: "Select none" }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("button", { name: "Add 0 clusters" })).toBeDisabled();
  await expect(dialog.getByText("Select at least one context.")).toBeVisible();
  await dialog.getByRole("button", { name: "Select all reachable (2)" }).focus();
  await page.keyboard.press("Enter");
  const name = context("istio-remote1").getByRole("textbox", { name: "Name" });
  await name.fill("istio-control-plane");
  await expect(context("istio-remote1").getByText("Another selected context has this name.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Add 2 clusters" })).toBeDisabled();
  await name.fill("west");

  // A context that does not answer is added on request only; its error stops no other one.
  await dialog.getByRole("checkbox", { name: "Only reachable" }).uncheck();
  await box("silent-1").first().check();
  await dialog.getByRole("button", { name: "Add 3 clusters" }).click();
  await expect(context("istio-remote1").getByText("Added", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(dialog.getByRole("button", { name: "Add 1 cluster" })).toBeEnabled({ timeout: 60_000 });
  await expect(dialog.getByText(/silent-1.*(not reachable|does not respond)/).last()).toBeInViewport();
  await page.keyboard.press("Escape");
  await expect(clusterRow(page, "west")).toBeVisible();
  await expect(clusterRow(page, "istio-control-plane")).toBeVisible();
});
