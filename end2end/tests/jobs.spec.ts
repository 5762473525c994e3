// A job continues without its page, and its state is correct after a restart of the console.
import { Console, hydrated, expect, test } from "../console.ts";
import { deploy, installed, open, parameters, target, yaml } from "../steps.ts";

test("a job continues when its page is reloaded or closed", async ({ page, context }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await deploy(page, "istio-control-plane");
  const url = page.url();
  await page.reload();
  await hydrated(page);
  await page.goto("about:blank");
  const other = await context.newPage();
  await other.goto(url);
  await installed(other);
});

test("an image that cannot be pulled is shown first, and Stop job ends the wait", async ({ page }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await yaml(page).fill("global:\n  hub: registry.invalid/istio\n");
  await expect(page.getByText("1 changed")).toBeVisible();
  await deploy(page, "istio-control-plane");
  await expect(page.getByRole("region", { name: "Blocked by" })).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Stop job" }).click();
  await expect(page.getByText("The job was stopped by an operator.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Resume job" })).toBeVisible();
  const blocked = page.getByRole("region", { name: "Blocked by" });
  await expect(blocked.getByRole("heading", { name: /^The job waited \d+m?\d*s? for .* when it ended$/ })).toBeVisible();
});

test("a release name that is in use fails a check", async ({ page }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await deploy(page, "istio-control-plane");
  await installed(page);
  await target(page, "ack-istio", "istio-control-plane");
  await expect(page.getByText("In use.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Set parameters" })).toBeDisabled();
  await open(page, "Jobs");
  await expect(page.getByRole("link", { name: "Install ack-istio on istio-control-plane" })).toBeVisible();
});
