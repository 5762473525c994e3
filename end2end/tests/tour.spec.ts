// The screenshots of the README, and the layout of every page at two widths.
import { mkdirSync } from "node:fs";
import { hydrated, expect, test } from "../console.ts";
import { createMesh, deployStep, joinRemote, sample } from "../mesh-steps.ts";
import { deploy, installed, parameters, target } from "../steps.ts";
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
