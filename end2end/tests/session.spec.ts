// Logout, a login link that is used twice, the sessions of the operator, and the themes.
import { hydrated, expect, test } from "../console.ts";
import { open, parameters, target, yaml } from "../steps.ts";

test("after the logout every page leads to the login", async ({ page, console: own }) => {
  await hydrated(page);
  await page.getByRole("button", { name: "Account" }).click();
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

test("the account menu says who is logged in and how long, and is left by Escape", async ({ page }) => {
  await hydrated(page);
  const button = page.getByRole("button", { name: "Account" });
  await button.focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("group", { name: "Account" });
  await expect(menu.getByText("operator", { exact: true })).toBeVisible();
  await expect(menu.getByText("Operator: full access")).toBeVisible();
  await expect(menu.getByText(/^Session ends in 1[12]h/)).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(menu.getByRole("link", { name: "Sessions" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(menu.getByRole("link", { name: "Sessions" })).toBeHidden();
  await expect(button).toBeFocused();
  await button.click();
  await page.getByRole("heading", { name: "Overview" }).click();
  await expect(menu.getByRole("link", { name: "Sessions" })).toBeHidden();
});

test("an expired session keeps the page and its text, and the login continues there", async ({ page, browser, console: own }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await yaml(page).fill("# before\n");
  const status = page.getByRole("status", { name: "Save status" });
  await expect(status).toHaveText(/^Saved at/);
  const url = page.url();
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(own.newLink());
  await open(elsewhere, "Sessions");
  const others = elsewhere.getByRole("list", { name: "Sessions" }).getByRole("listitem").filter({ hasNotText: "This session" });
  await others.getByRole("button", { name: /^End session/ }).click();

  const dialog = page.getByRole("dialog", { name: "Session expired" });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByText(`meshspan login-link --data-dir ${own.folder}`)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await yaml(page).fill("# typed without a session\n");
  await expect(status).toHaveText("Not saved: the session has expired, retrying");
  await page.getByRole("main").getByRole("button", { name: "Log in" }).click();
  await dialog.getByRole("textbox", { name: "Login link or token" }).fill("not a link!");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("This text contains no token of a login link.")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Login link or token" }).fill(own.newLink());
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(status).toHaveText(/^Saved at/);
  await expect(yaml(page)).toHaveValue("# typed without a session\n");
  expect(page.url()).toBe(url);
  await page.reload();
  await expect(yaml(page)).toHaveValue("# typed without a session\n");
});

test("after the login the page that was asked for is opened: by the link, and by the form", async ({ browser, console: own }) => {
  const fresh = await (await browser.newContext()).newPage();
  await fresh.goto(own.url + "/releases");
  await expect(fresh.getByRole("heading", { name: "Log in" })).toBeVisible();
  await fresh.goto(own.newLink());
  await expect(fresh).toHaveURL(own.url + "/releases");

  const another = await (await browser.newContext()).newPage();
  await another.goto(own.url + "/catalog/built-in/ack-istio");
  await hydrated(another);
  await another.getByRole("textbox", { name: "Login link or token" }).fill(own.newLink());
  await another.getByRole("button", { name: "Log in" }).click();
  await expect(another).toHaveURL(own.url + "/catalog/built-in/ack-istio");

  const lured = await (await browser.newContext()).newPage();
  await lured.goto(own.url + "/login?next=%2F%2Fevil.example");
  await hydrated(lured);
  await lured.getByRole("textbox", { name: "Login link or token" }).fill(own.newLink());
  await lured.getByRole("button", { name: "Log in" }).click();
  await expect(lured).toHaveURL(own.url + "/");
});
