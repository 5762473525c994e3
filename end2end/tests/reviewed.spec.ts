// What is deployed is what was reviewed: a change in between starts nothing, and says so where it is seen.
import { hydrated, expect, test } from "../console.ts";
import { deploy, installed, open, parameters, target, uninstall } from "../steps.ts";

test("a plan that changed after its review is not deployed, and the new plan is shown with the differences", async ({ page, context }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
  const button = page.getByRole("button", { name: /^Deploy \d+/ });
  await expect(button).toBeVisible();

  const other = await context.newPage();
  await other.goto(new URL("/", page.url()).href);
  await hydrated(other);
  await target(other, "ack-istio", "istio-control-plane");
  await parameters(other);
  await deploy(other, "istio-control-plane");
  await installed(other);

  await page.setViewportSize({ width: 390, height: 844 });
  await button.click();
  await expect(page.getByText("Nothing was started: the plan changed after it was shown")).toBeInViewport();
  const differences = page.getByRole("list", { name: "differences of the plans" });
  const role = differences.getByRole("listitem").filter({ hasText: "istio-control-plane: ClusterRole " }).first();
  await expect(role).toContainText("exists now");
  expect(page.url()).not.toContain("/jobs/");
});

test("a removal whose resources changed is planned again and asks for the name again", async ({ page, context }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await deploy(page, "istio-control-plane");
  await installed(page);
  await open(page, "Releases");
  await page.getByRole("link", { name: "ack-istio", exact: true }).click();
  await page.getByRole("button", { name: "Uninstall", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const name = dialog.getByRole("textbox", { name: "Type ack-istio to confirm" });
  await name.fill("ack-istio");

  // Another tab uninstalls the release and installs it again: every resource has another UID.
  const other = await context.newPage();
  await other.goto(new URL("/", page.url()).href);
  await uninstall(other, "ack-istio");
  await target(other, "ack-istio", "istio-control-plane");
  await parameters(other);
  await deploy(other, "istio-control-plane");
  await installed(other);

  await dialog.getByRole("button", { name: /^Uninstall \d+ resources?$/ }).click();
  await expect(dialog.getByText("Nothing was started: the plan changed after it was shown")).toBeVisible();
  const differences = dialog.getByRole("list", { name: "differences of the plans" });
  await expect(differences.getByText("was deleted and created again").first()).toBeVisible();
  await expect(name).toHaveValue("");
  await name.fill("ack-istio");
  await dialog.getByRole("button", { name: /^Uninstall \d+ resources?$/ }).click();
  await expect(page.getByText("The release is uninstalled.")).toBeVisible({ timeout: 90_000 });
});
