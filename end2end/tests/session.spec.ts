// Logout, a login link that is used twice, and the themes.
import { hydrated, expect, test } from "../console.ts";

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
  const html = await (await page.request.get(page.url())).text();
  expect(html).toContain('data-theme="dark"');
});
