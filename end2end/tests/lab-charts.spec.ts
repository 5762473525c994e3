// Current Istio on a real cluster with charts of an OCI registry, and with uploaded archives.
import type { Page } from "@playwright/test";
import { expect, test } from "../console.ts";
import { api, charts, register, withoutFilters } from "../mesh-lab.ts";
import { deploy, installed, open, openChart, parameters, yaml } from "../steps.ts";

const cluster = "east";

/** Installs the bundle ack-istio in a version, and undoes it. */
async function installAndUndo(page: Page, version: string): Promise<void> {
  await openChart(page, "ack-istio");
  await page.getByRole("combobox", { name: "Version" }).selectOption(version);
  await page.getByRole("link", { name: `Install ${version}` }).click();
  await page.getByRole("radio", { name: cluster }).check();
  await page.getByRole("button", { name: "Run checks" }).click();
  await expect(page.getByText(/\d+ passed · \d+ warnings? · 0 failed/)).toBeVisible({ timeout: 30_000 });
  await parameters(page);
  await yaml(page).fill((await yaml(page).inputValue()) + withoutFilters);
  await deploy(page, cluster);
  await installed(page);
  const { items } = await api(cluster).send("/apis/apps/v1/namespaces/istio-system/deployments");
  const images = items.map(({ spec }: any) => spec.template.spec.containers[0].image);
  expect(images).toContain(`docker.io/istio/pilot:${version}`);

  await page.getByRole("button", { name: "Uninstall the releases" }).click();
  const dialog = page.getByRole("dialog", { name: "Undo this installation" });
  await dialog.getByRole("textbox", { name: "Type ack-istio to confirm" }).fill("ack-istio");
  await dialog.getByRole("button", { name: "Uninstall", exact: true }).click();
  await expect(page.getByText("The releases are uninstalled.")).toBeVisible({ timeout: 120_000 });
}

test.describe("an OCI registry", () => {
  test.use({ options: ["--allow-loopback-clusters", "--istio-charts", charts.replace("http://", "oci://")] });

  test("current Istio is installed with the charts of an OCI registry", async ({ page }) => {
    test.setTimeout(300_000);
    await open(page, "Clusters");
    await register(page, cluster);
    await installAndUndo(page, "1.31.2");
  });
});

test.describe("no repository", () => {
  test.use({ options: ["--allow-loopback-clusters", "--istio-charts", "none"] });

  test("current Istio is installed with uploaded archives", async ({ page }) => {
    test.setTimeout(300_000);
    await open(page, "Clusters");
    await register(page, cluster);
    for (const chart of ["base", "istiod", "gateway"]) {
      const name = `${chart}-1.31.1.tgz`;
      const archive = await fetch(`${charts}/${name}`);
      expect(archive.status).toBe(200);
      await open(page, "App Catalog");
      await page.getByRole("button", { name: "Upload chart" }).click();
      const file = page.getByRole("dialog", { name: "Upload a chart" }).getByLabel("Choose an archive (.tgz)");
      await file.setInputFiles({ name, mimeType: "application/gzip", buffer: Buffer.from(await archive.arrayBuffer()) });
      await expect(page).toHaveURL(new RegExp(`/catalog/uploaded/${chart}`));
    }
    await installAndUndo(page, "1.31.1");
  });
});
