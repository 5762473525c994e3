// Logging out, a link used twice, light and dark.
import { awake, expect, test } from "../console.ts";

test("after logging out the page is gone", async ({ page, console: own }) => {
  await awake(page);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  await page.goto(own.url + "/clusters");
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  await page.goto(own.link);
  await expect(page.getByText("That link was used already")).toBeVisible();
});

test("the theme that was chosen is painted from the first frame", async ({ page }) => {
  await awake(page);
  await page.getByRole("button", { name: "Light or dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const html = await (await page.request.get(page.url())).text();
  expect(html).toContain('data-theme="dark"');
});
