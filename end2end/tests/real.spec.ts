// The same journeys with two real API servers, which are added by their kubeconfigs in the browser.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "../console.ts";
import { createMesh, cleanUpCluster, joinRemote, uninstallMesh } from "../mesh-steps.ts";
import { clusterRow, open, wholeJourney } from "../steps.ts";

const lab = process.env.MESHSPAN_LAB;

test.use({ options: ["--allow-loopback-clusters"] });
test.skip(!lab, "no real API servers here");

/** Registers both clusters by their kubeconfigs. */
async function register(page: Page): Promise<void> {
  await open(page, "Clusters");
  for (const name of ["istio-control-plane", "istio-remote1"]) {
    await page.getByRole("button", { name: "Add cluster" }).first().click();
    const text = readFileSync(`${lab}/${name}.kubeconfig`, "utf8");
    await page.getByRole("textbox", { name: "Kubeconfig" }).fill(text);
    await page.getByRole("button", { name: "Check kubeconfig" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill(name);
    await page.getByRole("button", { name: "Add 1 cluster" }).click();
    await expect(clusterRow(page, name)).toBeVisible();
  }
}

test("ack-istio and ack-istio-remote pass the same journey on real API servers", async ({ page }) => {
  test.setTimeout(300_000);
  await register(page);
  await wholeJourney(page);
});

test("the guided steps join two real API servers as far as no pod has to run, and are undone", async ({ page }) => {
  test.setTimeout(300_000);
  await register(page);
  await createMesh(page, "istio-control-plane", "istio-remote1");
  await joinRemote(page, "istio-remote1");
  // The next pods need a sidecar, but no injector runs: a real API server rejects them.
  await expect(page.getByText("4 of 7 steps complete")).toBeVisible({ timeout: 90_000 });
  await uninstallMesh(page, "istio-remote1");
  await cleanUpCluster(page, "istio-remote1", ["istio-system"]);
  expect(await cleanUpCluster(page, "istio-control-plane", ["istio-system"])).toContain("kind: CustomResourceDefinition");
});
