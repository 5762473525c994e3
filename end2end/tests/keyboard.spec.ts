// All actions are available without a mouse.
import { hydrated, expect, test } from "../console.ts";
import { step } from "../mesh-steps.ts";
import { installed, tabTo } from "../steps.ts";

test("a chart is installed without a mouse", async ({ page }) => {
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("ack-istio-rem");
  await expect(page.getByRole("option", { name: /ack-istio-remote.*chart/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /ack-istio-remote/ })).toBeVisible();
  await tabTo(page, page.getByRole("link", { name: /^Install/ }).first());
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("radio").first());
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: "istio-remote1" })).toBeChecked();
  await tabTo(page, page.getByRole("button", { name: "Run checks" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText(/\d+ passed · \d+ warnings? · \d+ failed/)).toBeVisible();
  await tabTo(page, page.getByRole("checkbox", { name: /^Accept \d+ warnings?$/ }));
  await page.keyboard.press("Space");
  await tabTo(page, page.getByRole("button", { name: "Set parameters" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("textbox", { name: "Values as YAML" }));
  await page.keyboard.type("global:\n  remotePilotAddress: 172.16.1.14\n");
  await tabTo(page, page.getByRole("button", { name: /^Review \d+ resources?/ }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: /^Deploy \d+ resources?/ }));
  await page.keyboard.press("Enter");
  await installed(page);
});

test("the palette finds pages, clusters and charts by a few letters", async ({ page }) => {
  await hydrated(page);
  await page.keyboard.press("/");
  const field = page.getByRole("combobox", { name: /Search or jump/ });
  await expect(field).toBeFocused();
  await page.keyboard.type("remote1");
  await expect(page.getByRole("option", { name: /istio-remote1.*cluster/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/clusters\/istio-remote1$/);
  const button = page.getByRole("button", { name: "Search or jump" });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("no such thing");
  await expect(page.getByText("No results")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(field).toBeHidden();
  await expect(button).toBeFocused();
});

test("a mesh is created and a remote joined without a mouse", async ({ page }) => {
  test.setTimeout(180_000);
  await hydrated(page);
  await tabTo(page, page.getByRole("link", { name: "Meshes", exact: true }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("link", { name: "New mesh" }).last());
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("textbox", { name: "Name" }));
  await page.keyboard.press("Enter");
  const checks = step(page, /^Cluster checks/);
  await expect(checks.getByText(/\d+ passed · \d+ warnings? · 0 failed/)).toBeVisible();
  await tabTo(page, checks.getByRole("checkbox", { name: /^Accept \d+ warnings?$/ }));
  await page.keyboard.press("Space");
  await tabTo(page, checks.getByRole("button", { name: "Continue" }));
  await page.keyboard.press("Enter");
  await tabTo(page, step(page, /^Control plane on/).getByRole("button", { name: /^Deploy \d+ resources?/ }));
  await page.keyboard.press("Enter");
  const joins = step(page, /^Join /);
  await expect(joins.getByRole("button", { name: /^Join \S+$/ })).toBeVisible({ timeout: 90_000 });
  await tabTo(page, joins.getByRole("button", { name: /^Join \S+$/ }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("3 of 7 steps complete")).toBeVisible({ timeout: 90_000 });
});
