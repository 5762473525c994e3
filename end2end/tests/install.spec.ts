// The main journey: select a chart, a cluster and a namespace, set a parameter, deploy, watch, uninstall.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Api } from "../api.ts";
import { expect, test } from "../console.ts";
import { deploy, installed, open, parameters, wholeJourney, yaml } from "../steps.ts";

test("ack-istio and ack-istio-remote are installed, shown and uninstalled", async ({ page }) => {
  await wholeJourney(page);
});

test("a release is made as by Helm 4, which is chosen with its target and stays chosen", async ({ page, console: own }) => {
  await open(page, "App Catalog");
  await page.getByRole("article", { name: "ack-istio-remote", exact: true }).getByRole("link", { name: /^Install/ }).click();
  await page.getByRole("radio", { name: "istio-remote1" }).check();
  const helm = page.getByRole("combobox", { name: "Helm version" });
  await expect(helm).toHaveValue("3");
  // By keyboard.
  await helm.focus();
  await page.keyboard.press("ArrowDown");
  await expect(helm.locator("option:checked")).toHaveText("Helm 4.1");
  await page.getByRole("button", { name: "Run checks" }).click();
  await expect(page.getByText(/\d+ passed · \d+ warnings? · \d+ failed/)).toBeVisible();
  await page.getByRole("button", { name: "Back" }).click();
  await expect(helm.locator("option:checked")).toHaveText("Helm 4.1");
  await page.getByRole("button", { name: "Run checks" }).click();
  await expect(page.getByText(/\d+ passed · \d+ warnings? · \d+ failed/)).toBeVisible();
  await parameters(page);
  await yaml(page).fill("global:\n  remotePilotAddress: 172.16.1.14\n");
  await deploy(page, "istio-remote1");
  await installed(page);
  const cluster = new Api(readFileSync(join(own.folder, "sandbox.kubeconfig"), "utf8"), "istio-remote1");
  const record = await cluster.send("/api/v1/namespaces/istio-system/secrets/sh.helm.release.v1.ack-istio-remote.v1");
  expect(record.metadata.labels["meshspan.io/helm"]).toBe("4");
});
