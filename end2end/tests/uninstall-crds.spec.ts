// The CRDs of a release are kept by its uninstallation, unless the operator selects them: a backup is saved first.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Api } from "../api.ts";
import { expect, test } from "../console.ts";
import { deploy, installed, open, parameters, tabTo, target } from "../steps.ts";

const CLUSTER = "istio-control-plane";
const CRD = "serviceentries.networking.istio.io";
const ENTRIES = "/apis/networking.istio.io/v1alpha3/namespaces/default/serviceentries";

test("a selected CRD is saved and deleted with its custom resources, by keyboard", async ({ page, console: own }) => {
  await target(page, "ack-istio", CLUSTER);
  await parameters(page);
  await deploy(page, CLUSTER);
  await installed(page);
  const api = new Api(readFileSync(join(own.folder, "sandbox.kubeconfig"), "utf8"), CLUSTER);
  const entry = { apiVersion: "networking.istio.io/v1alpha3", kind: "ServiceEntry", metadata: { name: "web", namespace: "default" }, spec: {} };
  await api.send(ENTRIES, entry, "POST");

  await open(page, "Releases");
  await page.getByRole("link", { name: "ack-istio", exact: true }).click();
  await page.getByRole("button", { name: "Uninstall", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const row = dialog.getByRole("listitem").filter({ hasText: CRD });
  await expect(row).toContainText("1 custom resource: default 1");
  const box = dialog.getByRole("checkbox", { name: `Delete ${CRD}` });
  await expect(box).not.toBeChecked();
  await tabTo(page, box);
  await page.keyboard.press("Space");
  await expect(box).toBeChecked();
  await expect(dialog.getByText("Back up and delete 1 CRD")).toBeVisible();
  const name = dialog.getByRole("textbox", { name: "Type ack-istio to confirm" });
  await tabTo(page, name);
  await page.keyboard.type("ack-istio");
  await page.keyboard.press("Tab");
  await tabTo(page, dialog.getByRole("button", { name: /^Uninstall \d+ resources?$/ }));
  await page.keyboard.press("Enter");

  await expect(page.getByText("The release is uninstalled.")).toBeVisible({ timeout: 90_000 });
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download backup" }).click();
  const backup = readFileSync(await (await download).path(), "utf8");
  expect(backup).toContain("kind: ServiceEntry");
  expect(backup).toContain(`name: ${CRD}`);
  const crds = await api.send("/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
  const names = crds.items.map((crd: { metadata: { name: string } }) => crd.metadata.name);
  expect(names).not.toContain(CRD);
  expect(names).toContain("gateways.networking.istio.io");
});
