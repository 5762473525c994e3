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
