// An installation that is interrupted by a crash of the console is reported after the restart, and is resumed or uninstalled.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Console, hydrated, expect, test as base } from "../console.ts";
import { deploy, installed, open, parameters, target, uninstall, yaml } from "../steps.ts";

/** The sandbox clusters run in another process and survive the console. */
const test = base.extend<{ kubeconfig: string }>({
  options: [["--allow-loopback-clusters"], { option: true }],
  kubeconfig: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "meshspan-clusters-"));
    const file = join(folder, "kubeconfig");
    const program = process.env.MESHSPAN_PROGRAM ?? "meshspan";
    const clusters: ChildProcess = spawn(program, ["sandbox", "--kubeconfig", file], { stdio: "ignore" });
    await expect.poll(() => existsSync(file) && readFileSync(file, "utf8").includes("current-context")).toBe(true);
    await use(readFileSync(file, "utf8"));
    clusters.kill();
    rmSync(folder, { recursive: true, force: true });
  },
});

test("an interrupted installation is resumed and uninstalled", async ({ page, console: own, kubeconfig }) => {
  await open(page, "Clusters");
  await page.getByRole("button", { name: "Add cluster" }).first().click();
  await page.getByRole("textbox", { name: "Kubeconfig" }).fill(kubeconfig);
  await page.getByRole("button", { name: "Check kubeconfig" }).click();
  await page.getByRole("button", { name: "Add 2 clusters" }).click();
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await yaml(page).fill("global:\n  hub: registry.invalid/istio\n");
  await expect(page.getByText("1 changed")).toBeVisible();
  await deploy(page, "istio-control-plane");
  await expect(page.getByRole("region", { name: "Blocked by" })).toBeVisible({ timeout: 60_000 });
  const job = new URL(page.url()).pathname;

  await own.stop("SIGKILL");
  const again: Console = await own.restart();
  try {
    await page.goto(again.link);
    await page.goto(again.url + job);
    await hydrated(page);
    await expect(page.getByText(/The console stopped during this job: \d+ of \d+ resources/).first()).toBeVisible();
    await page.getByRole("button", { name: "Resume job" }).click();
    await page.getByRole("dialog", { name: "Resume this job" }).getByRole("button", { name: "Resume", exact: true }).click();
    await expect(page).not.toHaveURL(again.url + job);
    await expect(page.getByRole("region", { name: "Blocked by" })).toBeVisible({ timeout: 60_000 });
    await page.getByRole("button", { name: "Stop job" }).click();
    await expect(page.getByText("The job was stopped by an operator.")).toBeVisible();
    await uninstall(page, "ack-istio");

    await target(page, "ack-istio-remote", "istio-remote1");
    await parameters(page);
    await yaml(page).fill("global:\n  remotePilotAddress: 172.16.1.14\n");
    await deploy(page, "istio-remote1");
    await installed(page);
  } finally {
    await again.stop();
  }
});
