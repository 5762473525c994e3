// What is pressed and typed before the page is hydrated.
import type { Page } from "@playwright/test";
import { hydrated, expect, test } from "../console.ts";

/** Opens a page that waits for its application until the result is called. */
async function openBeforeHydration(page: Page, url: string): Promise<() => Promise<void>> {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\.wasm/, async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(url, { waitUntil: "commit" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(await page.evaluate(() => document.body.dataset.hydrated)).toBeUndefined();
  return async () => {
    release();
    await hydrated(page);
  };
}

test("a button that is pressed before the page is hydrated works once it is", async ({ page, console: own }) => {
  const hydrate = await openBeforeHydration(page, `${own.url}/clusters`);
  await page.getByRole("button", { name: "Add cluster" }).first().click();
  await expect(page.getByRole("dialog", { name: "Add cluster" })).toBeHidden();
  await hydrate();
  await expect(page.getByRole("dialog", { name: "Add cluster" })).toBeVisible();
});

test("text that is typed before the page is hydrated is used", async ({ page, console: own }) => {
  const hydrate = await openBeforeHydration(page, `${own.url}/catalog`);
  await page.getByRole("searchbox").first().pressSequentially("ack-istio-r");
  await hydrate();
  await expect(page.getByRole("searchbox").first()).toHaveValue("ack-istio-r");
  await expect(page).toHaveURL(/words=ack-istio-r/);
  await expect(page.getByRole("link", { name: "bookinfo", exact: true })).toHaveCount(0);
});

test("a link that is pasted before the page is hydrated can be sent once it is", async ({ browser, console: own }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const hydrate = await openBeforeHydration(page, `${own.url}/login`);
  await page.getByRole("textbox", { name: "Link" }).fill("no link");
  await hydrate();
  await expect(page.getByRole("textbox", { name: "Link" })).toHaveValue("no link");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await context.close();
});
