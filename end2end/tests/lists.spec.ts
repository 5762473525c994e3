// Lists in windows of rows: search, state, sort and window are in the URL, and rows keep the focus.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "../console.ts";
import { call, createReleases } from "../releases.ts";
import { open } from "../steps.ts";

test.use({ options: ["--allow-loopback-clusters"] });

let clusters: ChildProcess;
let folder: string;
let kubeconfig: string;

test.beforeEach(async ({ page }) => {
  folder = mkdtempSync(join(tmpdir(), "meshspan-lists-"));
  const file = join(folder, "kubeconfig");
  clusters = spawn(process.env.MESHSPAN_PROGRAM ?? "meshspan", ["sandbox", "--kubeconfig", file], { stdio: "ignore" });
  await expect.poll(() => existsSync(file) && /istio-remote1-admin\n  user:\n    token: \S+\n/.test(readFileSync(file, "utf8"))).toBe(true);
  kubeconfig = readFileSync(file, "utf8");
  await createReleases(kubeconfig, "istio-control-plane", 120);
  const contexts = ["istio-control-plane", "istio-remote1"].map((name) => [name, name]);
  await call(page, "add_clusters", { request: { kubeconfig, contexts } });
});
test.afterEach(() => {
  clusters.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const table = (page: Page) => page.getByRole("table", { name: "Releases" });
const names = (page: Page) => table(page).getByRole("rowheader").allInnerTexts();

test("a list of releases is searched, sorted and paged on the server, and a reload shows the same rows", async ({ page }) => {
  await open(page, "Releases");
  await expect(page.getByText("1–50 of 120")).toBeVisible();
  await expect(table(page)).toHaveAttribute("aria-rowcount", "121");
  await expect(table(page).getByRole("rowheader")).toHaveCount(50);
  const header = (name: string) => table(page).getByRole("columnheader", { name });
  await expect(header("Changed")).toHaveAttribute("aria-sort", "descending");

  // By keyboard.
  await header("Name").getByRole("button").focus();
  await page.keyboard.press("Enter");
  await expect(header("Name")).toHaveAttribute("aria-sort", "ascending");
  await expect(page).toHaveURL(/\/releases\?sort=name$/);
  await expect.poll(async () => (await names(page))[0]).toBe("shop-000");
  await page.getByRole("button", { name: "Next" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("51–100 of 120")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("101–120 of 120")).toBeVisible();
  await expect(page.getByRole("button", { name: "Next" })).toBeFocused();
  await expect(page.getByRole("button", { name: "Next" })).toHaveAttribute("aria-disabled", "true");
  await expect(table(page).getByRole("row").nth(1)).toHaveAttribute("aria-rowindex", "102");

  await page.reload();
  await expect(page.getByText("101–120 of 120")).toBeVisible();
  expect((await names(page))[0]).toBe("shop-100");
  await hydrated(page);
  await page.goBack();
  await expect(page.getByText("51–100 of 120")).toBeVisible();

  await page.getByRole("searchbox", { name: "Find release" }).fill("SHOP-11");
  await expect(page.getByText("1–10 of 10")).toBeVisible();
  await page.getByRole("combobox", { name: "State" }).selectOption({ label: "Failed (1)" });
  await expect(page.getByText("1–1 of 1", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("searchbox", { name: "Find release" })).toHaveValue("SHOP-11");
  await expect(page.getByRole("combobox", { name: "State" })).toHaveValue("failed");
  expect(await names(page)).toEqual(["shop-117"]);
  await hydrated(page);
  await page.getByRole("searchbox", { name: "Find release" }).fill("none of them");
  await page.getByRole("button", { name: "Clear filter" }).click();
  await expect(page.getByText("1–50 of 120")).toBeVisible();
});

test("a row keeps the focus when rows are added, and moves by the sort", async ({ page }) => {
  await open(page, "Releases");
  const link = table(page).getByRole("link", { name: "shop-119" });
  await link.focus();
  await createReleases(kubeconfig, "istio-control-plane", 122, 120);
  await expect(page.getByText("1–50 of 122")).toBeVisible({ timeout: 6_000 });
  await expect(link).toBeFocused();
  // The newest is first: the row of the focus has moved down.
  expect((await names(page))[0]).toBe("shop-121");
});

test("on a phone a row is a card with labels, and nothing scrolls sideways", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(new URL("/releases", page.url()).href);
  const cell = table(page).getByRole("cell", { name: /istio-control-plane/ }).first();
  await expect(cell).toBeVisible();
  expect(await cell.evaluate((cell) => getComputedStyle(cell, "::before").content)).toBe('"Cluster"');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test("pages are compressed, and the event stream is not", async ({ page }) => {
  const response = await page.goto(new URL("/releases", page.url()).href);
  expect(response?.headers()["content-encoding"]).toBe("br");
  expect((await response?.body())?.length).toBeLessThan(100_000);
  const encoding = await page.evaluate(async () => {
    const stop = new AbortController();
    const response = await fetch("/live", { signal: stop.signal });
    stop.abort();
    return [response.headers.get("content-type"), response.headers.get("content-encoding")];
  });
  expect(encoding).toEqual(["text/event-stream", null]);
});
