// The same journey against two real API servers, added by their kubeconfigs in the browser.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "../console.ts";
import { beginMesh, clearCluster, joinRemote, removeMesh } from "../mesh-steps.ts";
import { open, wholeJourney } from "../steps.ts";

const lab = process.env.MESHSPAN_LAB;

test.use({ words: ["--allow-loopback-clusters"] });
test.skip(!lab, "no real API servers here");

/** Registers both by their kubeconfigs. */
async function register(page: Page): Promise<void> {
  await open(page, "Clusters");
  for (const name of ["istio-control-plane", "istio-remote1"]) {
    await page.getByRole("button", { name: "Add a cluster" }).first().click();
    const text = readFileSync(`${lab}/${name}.kubeconfig`, "utf8");
    await page.getByRole("textbox", { name: "Kubeconfig" }).fill(text);
    await page.getByRole("button", { name: "Read it" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill(name);
    await page.getByRole("button", { name: "Add 1" }).click();
    await expect(page.getByRole("article", { name })).toBeVisible();
  }
}

test("ack-istio and ack-istio-remote pass the same journey on real API servers", async ({ page }) => {
  test.setTimeout(300_000);
  await register(page);
  await wholeJourney(page);
});

test("the guided path joins two real API servers, as far as no pod must run, and leads back", async ({ page }) => {
  test.setTimeout(300_000);
  await register(page);
  await beginMesh(page, "istio-control-plane", "istio-remote1");
  await joinRemote(page, "istio-remote1");
  // From here on pods would need a sidecar, and nobody runs who gives it: a real API server refuses them.
  await expect(page.getByText("4 of 7 steps hold")).toBeVisible({ timeout: 90_000 });
  await removeMesh(page, "istio-remote1");
  await clearCluster(page, "istio-remote1", ["istio-system"]);
  expect(await clearCluster(page, "istio-control-plane", ["istio-system"])).toContain("kind: CustomResourceDefinition");
});
