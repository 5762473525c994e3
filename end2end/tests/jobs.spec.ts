// A job outlives its page and says the truth after a restart of the console.
import { Console, awake, expect, test } from "../console.ts";
import { deploy, installed, open, parameters, target, yaml } from "../steps.ts";

test("a job goes on when its page is reloaded or closed", async ({ page, context }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await deploy(page, "istio-control-plane");
  const url = page.url();
  await page.reload();
  await awake(page);
  await page.goto("about:blank");
  const other = await context.newPage();
  await other.goto(url);
  await installed(other);
});

test("an image that cannot be pulled is named on top, and Stop ends the wait", async ({ page }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await yaml(page).fill("global:\n  hub: registry.invalid/istio\n");
  await expect(page.getByText("1 changed")).toBeVisible();
  await deploy(page, "istio-control-plane");
  await expect(page.getByRole("region", { name: "What is waited for" })).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("This was stopped.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Continue" })).toBeVisible();
});

test("a release name that is taken is said at the checks", async ({ page }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await deploy(page, "istio-control-plane");
  await installed(page);
  await target(page, "ack-istio", "istio-control-plane");
  await expect(page.getByText("In use.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Set the parameters" })).toBeDisabled();
  await open(page, "Jobs");
  await expect(page.getByRole("link", { name: "Installing ack-istio on istio-control-plane" })).toBeVisible();
});
