// The screenshots of the README, and the layout of every page at two widths.
import { mkdirSync } from "node:fs";
import { hydrated, expect, test } from "../console.ts";
import { createMesh, deployStep, joinRemote, sample } from "../mesh-steps.ts";
import { packed } from "../chart-server.ts";
import { deploy, installed, open, parameters, target, yaml } from "../steps.ts";
import type { Page } from "@playwright/test";

const tour = new URL("../../docs/tour/", import.meta.url).pathname;

async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.MESHSPAN_TOUR) return;
  mkdirSync(tour, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${tour}${name}.png` });
}

/** A page is not wider than its window. */
async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over, `${page.url()} is wider than its window`).toBeLessThanOrEqual(0);
}

test("the tour", async ({ page }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await picture(page, "checks");
  await parameters(page);
  await page.getByRole("searchbox", { name: "Find parameter" }).fill("gateways");
  await page.getByRole("switch", { name: /^gateways\.istio-ilbgateway\.enabled/ }).check();
  await expect(page.getByText("1 changed")).toBeVisible();
  await picture(page, "parameters");
  await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
  // The resources are grouped by kind, and a group of new ones is collapsed.
  await page.locator("summary").filter({ has: page.getByText("Deployment", { exact: true }) }).click();
  const first = page.getByRole("button", { name: /Deployment istio-pilot/ });
  await first.click();
  await page.evaluate(() => window.scrollTo(0, 0));
  await picture(page, "review");
  await page.getByRole("button", { name: /^Deploy \d+ resources?/ }).click();
  await expect(page).toHaveURL(/\/jobs\/\w+/);
  // A quick machine has ended the job before the page is shown.
  await expect(page.getByText(/\d+ of \d+ ready|^(All )?\d+ resources? (is|are) ready\.$/).first()).toBeVisible();
  await picture(page, "job");
  await installed(page);
  await page.getByRole("link", { name: "Open release" }).click();
  await expect(page.getByText("Deployed").first()).toBeVisible();
  await picture(page, "release");
  const job = "/jobs";
  for (const [path, name] of [
    ["/", "overview"],
    ["/catalog", "catalog"],
    ["/catalog/built-in/ack-istio", "chart"],
    ["/repositories", "repositories"],
    ["/repositories?add=yes", "repository"],
    ["/clusters", "clusters"],
    ["/clusters/istio-control-plane", "cluster"],
    ["/releases", "releases"],
    ["/releases/istio-control-plane/istio-system/ack-istio", "release"],
    [job, "jobs"],
  ]) {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(path.startsWith("/") ? new URL(path, page.url()).href : path);
      await hydrated(page);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await fits(page);
      if (width === 1440 && ["catalog", "clusters", "chart", "overview"].includes(name)) await picture(page, name);
    }
  }
});

/** A version of a shop whose next version has other defaults. */
async function uploadShop(page: Page, version: string, values: string): Promise<void> {
  const object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-shop}\ndata: {values: {{ .Values | toJson | quote }}}\n";
  const archive = packed("web-shop", [
    ["Chart.yaml", `apiVersion: v2\nname: web-shop\nversion: ${version}\ndescription: A shop\n`],
    ["values.yaml", values],
    ["templates/all.yaml", object],
  ]);
  await open(page, "App Catalog");
  await page.getByRole("button", { name: "Upload chart" }).click();
  const file = page.getByRole("dialog", { name: "Upload a chart" }).getByLabel("Choose an archive (.tgz)");
  await file.setInputFiles({ name: `web-shop-${version}.tgz`, mimeType: "application/gzip", buffer: archive });
  await expect(page).toHaveURL(/\/catalog\/uploaded\/web-shop/);
}

test("the tour of an upgrade", async ({ page }) => {
  const defaults = (tag: string, replicas: number, memory: string, level: string) =>
    `image: {hub: docker.io/shop, tag: ${tag}}\nreplicas: ${replicas}\nresources:\n  requests: {cpu: 500m, memory: ${memory}}\nlogLevel: ${level}\n`;
  await uploadShop(page, "1.4.2", defaults("1.4.2", 1, "2048Mi", "info") + "legacyCache: true\n");
  await target(page, "web-shop", "istio-control-plane");
  await parameters(page);
  await yaml(page).fill(
    "# Values of the shop\nimage:\n  hub: registry.corp.example/shop # mirrored every night\nreplicas: 3\n" +
      "resources:\n  requests:\n    memory: 1536Mi # measured in May\nlegacyCache: false\nlogLevel: info\n",
  );
  await expect(page.getByText("5 changed")).toBeVisible();
  await deploy(page, "istio-control-plane");
  await installed(page);
  await uploadShop(page, "1.5.0", defaults("1.5.0", 2, "2560Mi", "warn") + "cache: {size: 64Mi}\n");
  await open(page, "App Catalog");
  await page.getByRole("article", { name: "web-shop", exact: true }).getByRole("link", { name: "Upgrade to 1.5.0" }).click();
  await page.getByRole("button", { name: "Prepare upgrade to 1.5.0" }).click();
  await expect(page.getByText("Release web-shop can be upgraded")).toBeVisible();
  await parameters(page);
  await page.getByRole("button", { name: "Keep mine replicas" }).click();
  await expect(page.getByText("Your value is kept over the new default.")).toBeVisible();
  await page.mouse.move(0, 0);
  await picture(page, "upgrade");
  await fits(page);
});

test("the tour of a mesh", async ({ page }) => {
  test.setTimeout(240_000);
  const [primary, remote] = ["istio-control-plane", "istio-remote1"];
  await createMesh(page, primary, remote);
  await joinRemote(page, remote);
  await deployStep(page, /^Bookinfo on/);
  await expect(sample(page).getByText("Error fetching product details")).toBeVisible({ timeout: 90_000 });
  await deployStep(page, /^Bookinfo details on/);
  await expect(page.getByText("7 of 7 steps complete")).toBeVisible({ timeout: 90_000 });
  // The checks run again once the mesh is verified.
  await expect(sample(page).getByText("Mesh unhealthy")).toHaveCount(0, { timeout: 60_000 });
  await page.evaluate(() => window.scrollTo(0, 0));
  await picture(page, "mesh");
  const mesh = page.url();
  for (const path of [mesh, new URL("/meshes", mesh).href, new URL("/meshes/new", mesh).href]) {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(path);
      await hydrated(page);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      if (path === mesh) await expect(sample(page).getByText("Book Details")).toBeVisible();
      await fits(page);
    }
  }
});
