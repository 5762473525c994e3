// Logout, a login link that is used twice, the sessions of the operator, and the themes.
import { hydrated, expect, test } from "../console.ts";
import { open } from "../steps.ts";

test("after the logout every page leads to the login", async ({ page, console: own }) => {
  await hydrated(page);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  await page.goto(own.url + "/clusters");
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  await page.goto(own.link);
  await expect(page.getByText("This login link was already used")).toBeVisible();
});

test("the selected theme is in the HTML of the next page", async ({ page }) => {
  await hydrated(page);
  await page.getByRole("button", { name: "Switch to dark theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  // Node does not resolve names below localhost everywhere, the browser does.
  const html = await page.evaluate(async () => (await fetch(location.href)).text());
  expect(html).toContain('data-theme="dark"');
});

test("an operator ends a session elsewhere, and then all of them", async ({ page, browser, console: own }) => {
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(own.newLink());
  await hydrated(elsewhere);
  await open(page, "Sessions");
  const sessions = page.getByRole("list", { name: "Sessions" }).getByRole("listitem");
  await expect(sessions).toHaveCount(2);
  await expect(sessions.filter({ hasText: "This session" })).toHaveCount(1);
  await sessions.filter({ hasNotText: "This session" }).getByRole("button", { name: /^End session/ }).click();
  await expect(sessions).toHaveCount(1);
  await elsewhere.goto(own.url + "/clusters");
  await expect(elsewhere.getByRole("heading", { name: "Log in" })).toBeVisible();

  await page.getByRole("button", { name: "Log out everywhere" }).click();
  await page.getByRole("button", { name: "End all sessions" }).click();
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  await page.goto(own.url + "/clusters");
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
});

test("the address of the listener leads to the name of the console, and gets no cookie", async ({ page, console: own }) => {
  const port = new URL(own.url).port;
  for (const host of ["127.0.0.1", "localhost"]) {
    await page.goto(`http://${host}:${port}/clusters`);
    await expect(page).toHaveURL(own.url + "/clusters");
    await expect(page.getByRole("heading", { name: "Clusters", exact: true })).toBeVisible();
    expect(await page.context().cookies(`http://${host}:${port}`)).toEqual([]);
  }
});

test.describe("on a system that prefers dark", () => {
  test.use({ colorScheme: "dark" });

  test("the first visit is dark, and a choice is kept", async ({ page }) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).getPropertyValue("--bg").trim());
    expect(await background()).toBe("#0e1413");
    await page.getByRole("button", { name: "Switch to light theme" }).click();
    expect(await background()).toBe("#f6f7f7");
    await page.reload();
    expect(await background()).toBe("#f6f7f7");
    await expect(page.getByRole("button", { name: "Switch to dark theme" })).toBeVisible();
  });
});

test("a dialog is closed by its button, by Escape, and fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(new URL("/clusters", page.url()).href);
  await hydrated(page);
  for (const close of [() => page.getByRole("button", { name: "Close" }).click(), () => page.keyboard.press("Escape")]) {
    await page.getByRole("button", { name: "Add cluster" }).first().click();
    const dialog = page.getByRole("dialog", { name: "Add cluster" });
    await expect(dialog).toBeVisible();
    expect((await dialog.boundingBox())?.width).toBeLessThanOrEqual(390 - 32);
    await expect(dialog.getByRole("textbox", { name: "Kubeconfig" })).toBeFocused();
    await close();
    await expect(dialog).toBeHidden();
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "Add cluster" }).first().click();
  expect((await page.getByRole("dialog").boundingBox())?.width).toBe(720);
});
