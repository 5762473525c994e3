// The switchboard of a sandbox cluster: faults are requested and ended on its page, and the console shows them.
import { expect, test } from "../console.ts";
import { open } from "../steps.ts";

test("a node is lost and returns, by mouse", async ({ page }) => {
  await open(page, "Clusters");
  await page.getByRole("link", { name: "istio-control-plane" }).first().click();
  const main = page.getByRole("main");
  await expect(main.getByText("3 of 3 nodes ready").first()).toBeVisible();
  await main.getByText("0 faults requested").click();
  const field = main.getByRole("textbox", { name: "lost-nodes" });
  await field.fill("istio-control-plane-node-2");
  await main.getByRole("button", { name: "Request fault lost-nodes" }).click();
  await expect(main.getByText("1 fault requested")).toBeVisible();
  await expect(main.getByText("2 of 3 nodes ready").first()).toBeVisible({ timeout: 8_000 });
  await main.getByRole("button", { name: "End fault lost-nodes" }).click();
  await expect(field).toHaveValue("");
  await expect(main.getByText("3 of 3 nodes ready").first()).toBeVisible({ timeout: 8_000 });
});

test("a wrong value is explained, and an API server that is gone comes back, by keyboard", async ({ page }) => {
  await open(page, "Clusters");
  await page.getByRole("link", { name: "istio-control-plane" }).first().click();
  const main = page.getByRole("main");
  await main.getByText("0 faults requested").focus();
  await page.keyboard.press("Enter");
  const field = main.getByRole("textbox", { name: "api-gone" });
  await field.fill("soon");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(main.getByText("must be a duration such as 30s").first()).toBeVisible();
  await field.fill("6s");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(main.getByText("Unreachable").first()).toBeVisible({ timeout: 10_000 });
  await expect(main.getByText("Reachable", { exact: true }).first()).toBeVisible({ timeout: 25_000 });
  await expect(main.getByText("0 faults requested")).toBeVisible({ timeout: 20_000 });
});
